import { blockBoth, blockOnly } from '../../../db/phone-desk/appointment/appointment-life.ts';
import { readCandidates } from '../../../db/phone-desk/availability/availability.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isFailure } from '../../../shared/failures.ts';
import { worksDuring } from '../../../shared/phone-desk/working-hours.ts';
import { finishMove, type Move, readMove, rescheduleEffect } from './reschedule-effect.ts';

export type RescheduleRefusal =
  | 'not-booked'
  | 'in-the-past'
  | 'outside-working-hours'
  | 'taken'
  | 'calendar-refused';

/**
 * Moves an appointment: both times are blocked while Cal.com is asked, then only the new one is. Null:
 * moved. A refusal leaves everything as it was. Throws the ledger's retryable failures.
 */
export async function rescheduleBooking(deps: Deps, requestId: string): Promise<RescheduleRefusal | null> {
  const move = await readMove(deps, requestId);
  const { appointment, next, old } = move;
  if (appointment.starts_at.getTime() === next.startsAt.getTime()) return null;
  if (appointment.status !== 'booked') return 'not-booked';
  const refusal = await checkTime(deps, move);
  if (refusal) return refusal;
  if (!(await blockBoth(deps.db, appointment.id, next.from, next.to))) return 'taken';
  const calcom = await deps.calcom(appointment.company_id);
  const effect = await rescheduleEffect(deps, calcom, requestId, move);
  try {
    const { uid } = await deps.effects.once({
      ...effect,
      async perform() {
        const start = next.startsAt.toISOString();
        return { uid: (await calcom.rescheduleBooking(move.bookingUid, start, 'asked for by phone')).uid };
      },
    });
    await finishMove(deps, move, uid);
    return null;
  } catch (error) {
    if (!isFailure(error, 'SlotTaken', 'VendorRejected')) throw error;
    await blockOnly(deps.db, appointment.id, old.from, old.to);
    return isFailure(error, 'SlotTaken') ? 'taken' : 'calendar-refused';
  }
}

async function checkTime(deps: Deps, { appointment, next }: Move): Promise<RescheduleRefusal | null> {
  if (next.startsAt <= deps.clock()) return 'in-the-past';
  const [candidate] = await readCandidates(
    deps.db,
    appointment.service_id,
    appointment.staff_id,
    next.startsAt,
  );
  const works = candidate !== undefined && worksDuring(candidate, next.startsAt, next.endsAt);
  return works ? null : 'outside-working-hours';
}
