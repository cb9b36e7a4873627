import { readCallForWish } from '../../../db/phone-desk/call/call-wish.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import type { CorrectedWish } from '../../../shared/reviews.ts';
import { interpretWish, type WishReading } from './interpret-wish.ts';

/** What a person made of an ambiguous call, as a slot. */
export async function resolveCorrectedWish(
  deps: Deps,
  callId: string,
  wish: CorrectedWish,
): Promise<WishReading> {
  const call = await readCallForWish(deps.db, deps.vault, callId);
  if (!call) throw failure('NotFound', `call ${callId} does not exist`);
  return interpretWish({ intent: 'book', ...wish }, call);
}
