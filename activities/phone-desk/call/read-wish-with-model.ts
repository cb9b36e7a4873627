import { Context } from '@temporalio/activity';
import { z } from 'zod';
import { readCallForWish, saveWish } from '../../../db/phone-desk/call/call-wish.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { interpretWish, type WishReading } from './interpret-wish.ts';
import { wishPrompt } from './wish-prompt.ts';

/** Below this a person reads the call. */
const MIN_CONFIDENCE = 0.7;

const answerSchema = z.object({
  intent: z.enum(['book', 'reschedule', 'cancel', 'none', 'unclear']),
  service: z.string().max(100).nullable(),
  staff: z.string().max(100).nullable(),
  date: z.string().max(10).nullable(),
  time: z.string().max(5).nullable(),
  customerName: z.string().max(200).nullable(),
  customerEmail: z.string().max(254).nullable(),
  confidence: z.number().min(0).max(1),
  reason: z.string().max(500),
});

/** Lets a language model read the conversation; its answer is checked like a stranger's. */
export async function readWishWithModel(deps: Deps, callId: string): Promise<WishReading> {
  const call = await readCallForWish(deps.db, deps.vault, callId);
  if (!call) throw failure('NotFound', `call ${callId} does not exist`);
  let answer: z.infer<typeof answerSchema>;
  try {
    answer = await deps.model.extract({
      name: 'call_wish',
      schema: answerSchema,
      ...wishPrompt(call),
      signal: Context.current().cancellationSignal,
    });
  } catch (error) {
    const failed = deps.modelFailure(error);
    if (failed.kind === 'rejected') {
      throw failure('VendorRejected', `the model gave no usable answer: ${failed.code}`);
    }
    throw failure('VendorUnavailable', `the model could not be asked: ${failed.code}`, {
      ...(failed.retryAfterMs === undefined ? {} : { retryInMs: failed.retryAfterMs }),
    });
  }
  await saveWish(deps.db, callId, call.seal(JSON.stringify(answer)));
  const reading = interpretWish(answer, call);
  const certain = answer.confidence >= MIN_CONFIDENCE;
  return reading.kind === 'slot' && !certain ? { kind: 'unclear', reasons: ['low-confidence'] } : reading;
}
