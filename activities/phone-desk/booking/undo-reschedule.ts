import { blockOnly } from '../../../db/phone-desk/appointment/appointment-life.ts';
import type { Deps } from '../../../platform/deps.ts';
import { finishMove, readMove, rescheduleEffect } from './reschedule-effect.ts';

/**
 * Ends a move that could not be finished in time: either it happened after all and is written down, or the
 * appointment stays where it was. True: it was moved.
 */
export async function undoReschedule(deps: Deps, requestId: string): Promise<boolean> {
  const move = await readMove(deps, requestId);
  const { appointment, old } = move;
  const calcom = await deps.calcom(appointment.company_id);
  const made = await deps.effects.abandon(await rescheduleEffect(deps, calcom, requestId, move));
  if (!made) {
    await blockOnly(deps.db, appointment.id, old.from, old.to);
    return false;
  }
  await finishMove(deps, move, made.uid);
  return true;
}
