import { randomUUID } from 'node:crypto';
import { fileCalendarRequest, lockByBooking, noteNoShow } from '../../../db/phone-desk/calendar-change.ts';
import type { CalcomBooking } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { CalendarChangeInput } from '../../../workflows/phone-desk/calendar-change/contract.ts';
import { adoptForeign } from './adopt-foreign.ts';
import type { Adopted } from './adopted.ts';
import { bookingReader, type FollowedBooking, followBooking } from './follow-booking.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Brings a booking as it stands in the calendar to our side. What stands there has happened: a move or a
 * cancellation is filed for the appointment's run, which carries it out and tells the customer; a booking that we did
 * not make becomes an appointment. A repeat changes nothing.
 */
export async function adoptBooking(
  deps: Deps,
  { companyId, bookingUid }: CalendarChangeInput,
): Promise<Adopted> {
  const followed = await followBooking(await bookingReader(deps, companyId), bookingUid);
  if (!followed) return { status: 'ignored', appointment: null };
  return deps.db.transaction().execute(async (trx) => {
    const { current, uids } = followed;
    const ours = current.metadata?.appointmentId;
    const ownId = ours && uuid.test(ours) ? ours : null;
    const appointment = await lockByBooking(trx, companyId, uids, ownId);
    if (!appointment) return adoptForeign(deps, trx, companyId, followed);
    // Our own booking is being made, and its answer is on its way.
    if (appointment.status === 'held') return { status: 'under-way', appointment: null };
    const change = appointment.status === 'booked' ? changeOf(appointment, followed) : null;
    if (change) {
      const filed = await fileCalendarRequest(trx, {
        id: randomUUID(),
        appointmentId: appointment.id,
        ...change,
        bookingUid: current.uid,
        reason: `${change.kind === 'cancel' ? 'cancelled' : 'changed'} in the calendar`,
      });
      const changed = change.kind === 'cancel' ? 'cancelled' : 'moved';
      return {
        status: filed ? changed : 'unchanged',
        appointment: { appointmentId: appointment.id, companyId },
      };
    }
    const noShow = isNoShow(current);
    // Cancelled or released here: its run takes it out of the calendar.
    const stands = appointment.status === 'booked' || appointment.status === 'completed';
    if (!stands || noShow === (appointment.no_show_at !== null)) {
      return { status: 'unchanged', appointment: null };
    }
    await noteNoShow(trx, appointment.id, noShow);
    return { status: 'no-show', appointment: null };
  });
}

const isNoShow = ({ attendees }: CalcomBooking) => attendees.some(({ absent }) => absent === true);

/** How the booking stands otherwise in the calendar than here; null: it does not. */
function changeOf(
  appointment: { starts_at: Date; ends_at: Date; calcom_booking_uid: string | null },
  { current }: FollowedBooking,
): { kind: 'cancel' | 'reschedule'; startsAt: Date | null } | null {
  if (current.status === 'cancelled' || current.status === 'rejected') {
    return { kind: 'cancel', startsAt: null };
  }
  const startsAt = new Date(current.start);
  const same =
    startsAt.getTime() === appointment.starts_at.getTime() &&
    new Date(current.end).getTime() === appointment.ends_at.getTime() &&
    current.uid === appointment.calcom_booking_uid;
  return same ? null : { kind: 'reschedule', startsAt };
}
