import { type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';
import { countBooked } from '../booking/booking.ts';

/** The appointment behind a booking, locked: by one of its uids, or by the id that we have given it there. */
export function lockByBooking(
  trx: Kysely<Database>,
  companyId: string,
  uids: string[],
  appointmentId: string | null,
) {
  return (
    trx
      .selectFrom('appointments')
      .where('company_id', '=', companyId)
      .where((where) =>
        where.or([
          where('calcom_booking_uid', 'in', uids),
          ...(appointmentId ? [where('id', '=', appointmentId)] : []),
        ]),
      )
      .selectAll()
      // One that was booked anew has two: the one that stands is meant.
      .orderBy(sql`calcom_booking_uid = ${uids.at(-1)}`, (order) => order.desc().nullsLast())
      .orderBy(sql`status IN ('held', 'booked')`, 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst()
  );
}

export interface CalendarRequest {
  id: string;
  appointmentId: string;
  kind: 'cancel' | 'reschedule';
  startsAt: Date | null;
  bookingUid: string;
  reason: string;
}

/** Files what has happened in the calendar for the appointment's run; false when it is filed already. */
export async function fileCalendarRequest(trx: Kysely<Database>, request: CalendarRequest): Promise<boolean> {
  const { id, appointmentId, kind, startsAt, bookingUid, reason } = request;
  const filed = await trx
    .insertInto('appointment_requests')
    .values({
      id,
      appointment_id: appointmentId,
      kind,
      source: 'calendar',
      starts_at: startsAt,
      booking_uid: bookingUid,
      reason,
      refusal: null,
      finished_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return filed !== undefined;
}

/**
 * What was asked for here and is not carried out, newest first. What the calendar refused after our last change was
 * refused because of its own.
 */
export function notCarriedOut(trx: Kysely<Database>, appointment: { id: string; updated_at: Date }) {
  return trx
    .selectFrom('appointment_requests')
    .where('appointment_id', '=', appointment.id)
    .where('source', '=', 'api')
    .where((where) =>
      where.or([
        where('status', '=', 'accepted'),
        where.and([
          where('refusal', 'in', ['calendar-refused', 'calendar-unavailable']),
          where('created_at', '>', appointment.updated_at),
        ]),
      ]),
    )
    .select(['kind', 'starts_at', 'created_at'])
    .orderBy('created_at', 'desc')
    .execute();
}

/** An appointment that stands here under this booking and is not over; undefined: none. */
export function findStanding(db: Kysely<Database>, companyId: string, bookingUid: string, now: Date) {
  return db
    .selectFrom('appointments')
    .where('company_id', '=', companyId)
    .where('calcom_booking_uid', '=', bookingUid)
    .where('status', '=', 'booked')
    .where('ends_at', '>', now)
    .select('id')
    .executeTakeFirst();
}

/** Which service of which staff member an event type of the calendar stands for; of several hosts `preferred` counts. */
export function findOffer(
  db: Kysely<Database>,
  companyId: string,
  eventTypeId: number,
  hostEmails: string[],
  preferred: string | null = null,
) {
  return (
    db
      .selectFrom('event_types')
      .innerJoin('staff', 'staff.id', 'event_types.staff_id')
      .innerJoin('services', 'services.id', 'event_types.service_id')
      .where('event_types.company_id', '=', companyId)
      .where('event_types.calcom_event_type_id', '=', eventTypeId)
      .select([
        'staff.id as staffId',
        sql<boolean>`staff.email = ANY(${hostEmails})`.as('isHost'),
        'staff.active as staffActive',
        'staff.time_zone as timeZone',
        'services.id as serviceId',
        'services.buffer_before_min as bufferBeforeMin',
        'services.buffer_after_min as bufferAfterMin',
      ])
      // A shared event type stands for several; the host of the booking is the one.
      .orderBy(sql`staff.email = ANY(${hostEmails})`, 'desc')
      .orderBy(sql`staff.id = ${preferred}::uuid`, (order) => order.desc().nullsLast())
      .executeTakeFirst()
  );
}

export interface ForeignAppointment {
  id: string;
  companyId: string;
  customerId: string;
  staffId: string;
  serviceId: string;
  startsAt: Date;
  endsAt: Date;
  blockedFrom: Date;
  blockedTo: Date;
  timeZone: string;
  eventTypeId: number;
  bookingUid: string;
}

/** Writes and counts an appointment that was booked in the calendar. False: we have given that time to another. */
export async function insertForeignAppointment(
  trx: Kysely<Database>,
  made: ForeignAppointment,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    WITH booked AS (
      INSERT INTO appointments (id, company_id, customer_id, source, status, staff_id, service_id, starts_at, ends_at,
        blocked, time_zone, calcom_event_type_id, calcom_booking_uid, counted_at)
      VALUES (${made.id}, ${made.companyId}, ${made.customerId}, 'calcom', 'booked', ${made.staffId},
        ${made.serviceId}, ${made.startsAt}, ${made.endsAt},
        tstzmultirange(tstzrange(${made.blockedFrom}, ${made.blockedTo})), ${made.timeZone}, ${made.eventTypeId},
        ${made.bookingUid}, now())
      -- Of the exclusion constraint, too.
      ON CONFLICT DO NOTHING
      RETURNING company_id, service_id, (starts_at AT TIME ZONE time_zone)::date AS local_day
    )
    ${countBooked}`.execute(trx);
  return numAffectedRows === 1n;
}

/** The customer did not come, or did after all. */
export async function noteNoShow(
  trx: Kysely<Database>,
  appointmentId: string,
  noShow: boolean,
): Promise<void> {
  await trx
    .updateTable('appointments')
    .set({ no_show_at: noShow ? new Date() : null, updated_at: new Date() })
    .where('id', '=', appointmentId)
    .execute();
}
