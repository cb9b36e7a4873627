import type { Kysely } from 'kysely';
import { dropAvailability } from '../../../db/phone-desk/availability/availability-cache.ts';
import {
  findOffer,
  findStanding,
  lockByBooking,
  noteNoShow,
} from '../../../db/phone-desk/calendar-change/calendar-change.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { CalcomBooking } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isBookedAnew, lengthProblem } from '../../../shared/calendar-sync.ts';
import { isFailure } from '../../../shared/failures.ts';
import type { CalendarChangeInput } from '../../../workflows/phone-desk/calendar-change/contract.ts';
import { adoptForeign } from './adopt-foreign.ts';
import type { Adopted } from './adopted.ts';
import { type Change, fileChange } from './file-change.ts';
import { bookingReader, type FollowedBooking, followBooking } from './follow-booking.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const adopted = (status: Adopted['status'], reason?: string): Adopted => ({
  status,
  appointment: null,
  ...(reason ? { reason } : {}),
});

/**
 * Brings a booking as it stands in the calendar to our side. What stands there has happened: a move or a
 * cancellation is filed for the appointment's run, which carries it out and tells the customer; a booking that we did
 * not make becomes an appointment once it is accepted. A repeat changes nothing.
 */
export async function adoptBooking(deps: Deps, input: CalendarChangeInput): Promise<Adopted> {
  const { companyId, bookingUid } = input;
  let followed: FollowedBooking | null;
  try {
    followed = await followBooking(await bookingReader(deps, companyId), bookingUid);
  } catch (error) {
    // The company was deleted while this was on its way: with it, all that is ours there.
    if (isFailure(error, 'NotFound')) return adopted('ignored');
    throw error;
  }
  if (!followed) {
    const left = await findStanding(deps.db, companyId, bookingUid, deps.clock());
    return left ? adopted('gone', 'the calendar does not have it any more') : adopted('ignored');
  }
  const there = followed;
  return deps.db.transaction().execute((trx) => adoptFollowed(deps, trx, companyId, there));
}

async function adoptFollowed(
  deps: Deps,
  trx: Kysely<Database>,
  companyId: string,
  followed: FollowedBooking,
): Promise<Adopted> {
  const { current, uids } = followed;
  const ours = current.metadata?.appointmentId;
  const ownId = ours && uuid.test(ours) ? ours : null;
  const appointment = await lockByBooking(trx, companyId, uids, ownId);
  const isAnew = appointment && stands(current) && isBookedAnew(appointment, current);
  if (!appointment || isAnew) {
    const made = await adoptForeign(
      deps,
      trx,
      companyId,
      isAnew ? { current, uids: [current.uid] } : followed,
    );
    // It becomes no appointment, and takes or gives back the time of its hosts all the same.
    if (made.status !== 'created') await dropAvailability(trx, { companyId, emails: hostsOf(current) });
    return made;
  }
  // Our own booking is being made, and its answer is on its way.
  if (appointment.status === 'held') return adopted('under-way');
  if (appointment.status === 'booked') {
    if (!uids.includes(appointment.calcom_booking_uid ?? '')) {
      return stands(current)
        ? adopted('conflict', 'the calendar has a second booking of this appointment')
        : adopted('unchanged');
    }
    const change = await changeOf(trx, appointment, current);
    if (change === 'impossible') return adopted('conflict', lengthProblem(current)!);
    if (change) return fileChange(trx, appointment, change);
  }
  const noShow = isNoShow(current);
  // Cancelled or released here: its run takes it out of the calendar.
  const isOurs = appointment.status === 'booked' || appointment.status === 'completed';
  if (!isOurs || noShow === (appointment.no_show_at !== null)) return adopted('unchanged');
  await noteNoShow(trx, appointment.id, noShow);
  return adopted('no-show');
}

/** A booking that a host has to accept first stands like any other: refused, it is a cancellation. */
const stands = ({ status }: CalcomBooking) => status !== 'cancelled' && status !== 'rejected';

const hostsOf = ({ hosts }: CalcomBooking) => hosts.map(({ email }) => email);

const isNoShow = ({ attendees }: CalcomBooking) => attendees.some(({ absent }) => absent === true);

/** How the booking stands otherwise in the calendar than here; null: it does not. */
async function changeOf(
  trx: Kysely<Database>,
  appointment: NonNullable<Awaited<ReturnType<typeof lockByBooking>>>,
  current: CalcomBooking,
): Promise<Change | 'impossible' | null> {
  if (!stands(current)) return { kind: 'cancel', startsAt: null, current };
  const startsAt = new Date(current.start);
  const same =
    startsAt.getTime() === appointment.starts_at.getTime() &&
    new Date(current.end).getTime() === appointment.ends_at.getTime() &&
    current.uid === appointment.calcom_booking_uid &&
    !(await hasOtherHost(trx, appointment, current));
  if (same) return null;
  return lengthProblem(current) ? 'impossible' : { kind: 'reschedule', startsAt, current };
}

/** Somebody else of the company does it now. */
async function hasOtherHost(
  trx: Kysely<Database>,
  appointment: { company_id: string; staff_id: string },
  current: CalcomBooking,
): Promise<boolean> {
  const { company_id: companyId, staff_id: staffId } = appointment;
  const offer = await findOffer(trx, companyId, current.eventTypeId, hostsOf(current), staffId);
  return offer?.isHost === true && offer.staffId !== staffId;
}
