import { moveAppointment, readRequest } from '../../../db/phone-desk/appointment/appointment-life.ts';
import { cancelAppointment, readAppointment } from '../../../db/phone-desk/booking/booking.ts';
import { findOffer } from '../../../db/phone-desk/calendar-change/calendar-change.ts';
import type { Deps } from '../../../platform/deps.ts';
import { lengthProblem } from '../../../shared/calendar-sync.ts';
import { failure } from '../../../shared/failures.ts';
import { bookingReader, followBooking } from './follow-booking.ts';

const MINUTE_MS = 60_000;

/** `conflict`: it cannot stand here as it stands there now; nothing was changed. */
export type AdoptedChange = 'moved' | 'cancelled' | 'unchanged' | 'conflict';

/**
 * Carries out here what has happened to an appointment in the calendar, as it stands there now: what the request says
 * may be old. The calendar wins, since our own moves go through it too; whoever reached it last. A repeat says again
 * what was done: what is told about it is told once per move.
 */
export async function adoptChange(deps: Deps, requestId: string): Promise<AdoptedChange> {
  const request = await readRequest(deps.db, requestId);
  const appointment = request && (await readAppointment(deps.db, request.appointment_id));
  if (!appointment) throw failure('NotFound', `request ${requestId} has no appointment (any more)`);
  if (appointment.status === 'cancelled') return 'cancelled';
  if (appointment.status !== 'booked' || !request.booking_uid) return 'unchanged';
  const { company_id: companyId, id } = appointment;
  const followed = await followBooking(await bookingReader(deps, companyId), request.booking_uid);
  if (!followed) {
    if (request.kind !== 'cancel') return 'unchanged';
    // A person has said so: the calendar does not have it any more.
    await cancelAppointment(deps.db, id, 'not in the calendar any more');
    return 'cancelled';
  }
  const { current } = followed;
  if (current.status === 'cancelled' || current.status === 'rejected') {
    await cancelAppointment(deps.db, id, 'cancelled in the calendar');
    return 'cancelled';
  }
  if (lengthProblem(current)) return 'conflict';
  const hosts = current.hosts.map(({ email }) => email);
  const offer = await findOffer(deps.db, companyId, current.eventTypeId, hosts, appointment.staff_id);
  if (offer && !offer.staffActive && offer.staffId !== appointment.staff_id) return 'conflict';
  const [startsAt, endsAt] = [new Date(current.start), new Date(current.end)];
  const stands = await moveAppointment(deps.db, {
    appointmentId: id,
    startsAt,
    endsAt,
    blockedFrom: new Date(startsAt.getTime() - (offer?.bufferBeforeMin ?? 0) * MINUTE_MS),
    blockedTo: new Date(endsAt.getTime() + (offer?.bufferAfterMin ?? 0) * MINUTE_MS),
    staffId: offer?.staffId ?? appointment.staff_id,
    uid: current.uid,
  });
  if (!stands) return 'conflict';
  const moved = startsAt.getTime() !== appointment.starts_at.getTime() || appointment.sequence > 0;
  return moved ? 'moved' : 'unchanged';
}
