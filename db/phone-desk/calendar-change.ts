import { type Kysely, sql } from 'kysely';
import type { Database } from '../tables/database.ts';
import { isTaken } from './booking.ts';

/** The appointment behind a booking, locked: by one of its uids, or by the id that we have given it there. */
export function lockByBooking(
  trx: Kysely<Database>,
  companyId: string,
  uids: string[],
  appointmentId: string | null,
) {
  return trx
    .selectFrom('appointments')
    .where('company_id', '=', companyId)
    .where((where) =>
      where.or([
        where('calcom_booking_uid', 'in', uids),
        ...(appointmentId ? [where('id', '=', appointmentId)] : []),
      ]),
    )
    .selectAll()
    .forUpdate()
    .executeTakeFirst();
}

export interface CalendarRequest {
  id: string;
  appointmentId: string;
  kind: 'cancel' | 'reschedule';
  startsAt: Date | null;
  endsAt: Date | null;
  bookingUid: string;
  reason: string;
}

/** Files what has happened in the calendar for the appointment's run; false when it is filed already. */
export async function fileCalendarRequest(trx: Kysely<Database>, request: CalendarRequest): Promise<boolean> {
  const { id, appointmentId, kind, startsAt, endsAt, bookingUid, reason } = request;
  const filed = await trx
    .insertInto('appointment_requests')
    .values({
      id,
      appointment_id: appointmentId,
      kind,
      source: 'calendar',
      starts_at: startsAt,
      ends_at: endsAt,
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

/** Which service of which staff member an event type of the calendar stands for. */
export function findOffer(
  db: Kysely<Database>,
  companyId: string,
  eventTypeId: number,
  hostEmails: string[],
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
        'staff.active as staffActive',
        'staff.time_zone as timeZone',
        'services.id as serviceId',
        'services.buffer_before_min as bufferBeforeMin',
        'services.buffer_after_min as bufferAfterMin',
      ])
      // A shared event type stands for several; the host of the booking is the one.
      .orderBy(sql`staff.email = ANY(${hostEmails})`, 'desc')
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
    INSERT INTO booking_statistics AS s (company_id, local_day, booked, revenue_cents)
    SELECT b.company_id, b.local_day, 1, v.price_cents FROM booked b JOIN services v ON v.id = b.service_id
    ON CONFLICT (company_id, local_day) DO UPDATE SET
      booked = s.booked + 1, revenue_cents = s.revenue_cents + excluded.revenue_cents`.execute(trx);
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

/**
 * The appointment stands where the calendar has it. A new start counts as a move. False: the staff member has another
 * one at that time; nothing is changed.
 */
export async function adoptTimes(
  db: Kysely<Database>,
  to: {
    appointmentId: string;
    startsAt: Date;
    endsAt: Date;
    blockedFrom: Date;
    blockedTo: Date;
    staffId: string;
    uid: string;
  },
): Promise<boolean> {
  try {
    await sql`
      UPDATE appointments SET starts_at = ${to.startsAt}, ends_at = ${to.endsAt}, staff_id = ${to.staffId},
        blocked = tstzmultirange(tstzrange(${to.blockedFrom}, ${to.blockedTo})), calcom_booking_uid = ${to.uid},
        sequence = sequence + CASE WHEN starts_at <> ${to.startsAt} THEN 1 ELSE 0 END, updated_at = now()
      WHERE id = ${to.appointmentId} AND status = 'booked'`.execute(db);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}
