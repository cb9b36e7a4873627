import type { Kysely } from 'kysely';
import {
  findOffer,
  insertForeignAppointment,
} from '../../../db/phone-desk/calendar-change/calendar-change.ts';
import { findOrCreateCustomer } from '../../../db/phone-desk/people.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { CalcomBooking } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { lengthProblem } from '../../../shared/calendar-sync.ts';
import { looseLanguageTag } from '../../../shared/language-tag.ts';
import { oneLine } from '../../../shared/messages/one-line.ts';
import { parsePhone } from '../../../shared/phone.ts';
import { isTimeZone } from '../../../shared/time.ts';
import type { Adopted } from './adopted.ts';
import type { FollowedBooking } from './follow-booking.ts';
import { idFromName } from './id-from-name.ts';

const MINUTE_MS = 60_000;
/** As of a name that was said in a call. */
const MAX_NAME_CHARS = 200;

const ignored: Adopted = { status: 'ignored', appointment: null };
const conflict = (reason: string): Adopted => ({ status: 'conflict', appointment: null, reason });

/** A booking that somebody else made in the calendar becomes an appointment; the calendar has told the customer. */
export async function adoptForeign(
  deps: Deps,
  trx: Kysely<Database>,
  companyId: string,
  { current, uids }: FollowedBooking,
): Promise<Adopted> {
  const startsAt = new Date(current.start);
  const endsAt = new Date(current.end);
  if (current.status !== 'accepted' || endsAt <= deps.clock()) return ignored;
  const problem = lengthProblem(current);
  if (problem) return conflict(problem);
  const hosts = current.hosts.map(({ email }) => email);
  const offer = await findOffer(trx, companyId, current.eventTypeId, hosts);
  if (!offer) return ignored;
  if (!offer.staffActive) return conflict('the staff member has left');
  const { customerId } = await findOrCreateCustomer(trx, deps.vault, {
    companyId,
    knownByEmail: true,
    ...(await attendeeOf(trx, companyId, current, offer.timeZone)),
  });
  // Made of the first uid: however often it is told, and whichever of its uids is told, it is this appointment.
  const id = idFromName(`calcom:${companyId}:${uids[0]}`);
  const made = await insertForeignAppointment(trx, {
    id,
    companyId,
    customerId,
    staffId: offer.staffId,
    serviceId: offer.serviceId,
    startsAt,
    endsAt,
    blockedFrom: new Date(startsAt.getTime() - offer.bufferBeforeMin * MINUTE_MS),
    blockedTo: new Date(endsAt.getTime() + offer.bufferAfterMin * MINUTE_MS),
    timeZone: offer.timeZone,
    eventTypeId: current.eventTypeId,
    bookingUid: current.uid,
  });
  if (!made) return conflict('the staff member has another appointment at that time');
  return { status: 'created', appointment: { appointmentId: id, companyId } };
}

/** The attendee as a customer of ours; a phone number alone gets a made-up address in the calendar. */
async function attendeeOf(
  trx: Kysely<Database>,
  companyId: string,
  { attendees: [attendee] }: CalcomBooking,
  staffZone: string,
) {
  const company = await trx
    .selectFrom('companies')
    .where('id', '=', companyId)
    .select(['country', 'locale'])
    .executeTakeFirstOrThrow();
  const phone = parsePhone(attendee?.phoneNumber, company.country);
  const email = attendee && !attendee.email.endsWith('@sms.cal.com') ? attendee.email : null;
  return {
    phoneE164: phone?.e164 ?? null,
    phoneIsMobile: phone?.mobile ?? false,
    name: (attendee && oneLine(attendee.name).slice(0, MAX_NAME_CHARS)) || null,
    email,
    timeZone: attendee && isTimeZone(attendee.timeZone) ? attendee.timeZone : staffZone,
    locale: looseLanguageTag(attendee?.language ?? '') ?? company.locale,
  };
}
