import { readRequest } from '../../../db/phone-desk/appointment/appointment-life.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isFailure } from '../../../shared/failures.ts';
import { calcomEffect } from './calcom-effects.ts';
import { type Move, readMove, rescheduleEffect } from './reschedule-effect.ts';

/**
 * Takes the booking that a move has made, or may have made, out of Cal.com: nobody writes the move down any more. A
 * move that never happened never will.
 */
export async function withdrawMove(deps: Deps, requestId: string): Promise<void> {
  const request = await readRequest(deps.db, requestId);
  const move = request && (await readMove(deps, requestId).catch(nothingToMove));
  if (!move) return;
  const { appointment } = move;
  const calcom = await deps.calcom(appointment.company_id);
  const made = await deps.effects.abandon(await rescheduleEffect(deps, calcom, requestId, move));
  if (!made?.uid) return;
  await deps.effects.once({
    ...(await calcomEffect(deps, appointment)),
    key: `booking:${appointment.id}:cancel:${made.uid}`,
    operation: 'bookings.cancel',
    lookUp: async () => ((await calcom.getBooking(made.uid)).status === 'cancelled' ? {} : null),
    async perform() {
      await calcom.cancelBooking(made.uid, 'cancelled');
      return {};
    },
  });
}

function nothingToMove(error: unknown): Move | null {
  if (isFailure(error, 'NotFound')) return null;
  throw error;
}
