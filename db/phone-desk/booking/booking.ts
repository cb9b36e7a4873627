import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../../platform/vault.ts';
import { failure } from '../../../shared/failures.ts';
import type { Alongside } from '../../effects.ts';
import type { Database } from '../../tables/database.ts';
import { type FactRow, factColumns, factLists } from '../notification/channel-facts.ts';
import { customerColumns, toCustomer } from '../people.ts';

/** A slot to be held; the blocked time includes the buffers. */
export interface Hold {
  appointmentId: string;
  companyId: string;
  customerId: string;
  callId: string | null;
  source: 'call' | 'api';
  staffId: string;
  serviceId: string;
  startsAt: Date;
  endsAt: Date;
  blockedFrom: Date;
  blockedTo: Date;
  timeZone: string;
  eventTypeId: number;
}

const EXCLUSION_VIOLATION = '23P01';

/** Whether PostgreSQL refused a row because the staff member is taken at that time. */
export const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === EXCLUSION_VIOLATION;

/**
 * Holds the slot. False: someone else has it. An appointment that was released before (a lost race, a
 * calendar that said no) is held anew at the other staff member or time.
 */
export async function holdSlot(db: Kysely<Database>, hold: Hold): Promise<boolean> {
  try {
    await sql`
      INSERT INTO appointments AS a (id, company_id, customer_id, call_id, source, status, staff_id, service_id,
        starts_at, ends_at, blocked, time_zone, calcom_event_type_id)
      VALUES (${hold.appointmentId}, ${hold.companyId}, ${hold.customerId}, ${hold.callId}, ${hold.source}, 'held',
        ${hold.staffId}, ${hold.serviceId}, ${hold.startsAt}, ${hold.endsAt},
        tstzmultirange(tstzrange(${hold.blockedFrom}, ${hold.blockedTo})), ${hold.timeZone}, ${hold.eventTypeId})
      ON CONFLICT (id) DO UPDATE SET status = 'held', staff_id = excluded.staff_id, starts_at = excluded.starts_at,
        ends_at = excluded.ends_at, blocked = excluded.blocked, calcom_event_type_id = excluded.calcom_event_type_id,
        status_reason = NULL, updated_at = now()
      WHERE a.status = 'released'`.execute(db);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

export function readAppointment(db: Kysely<Database>, appointmentId: string) {
  return db.selectFrom('appointments').where('id', '=', appointmentId).selectAll().executeTakeFirst();
}

/** An appointment with all that is needed to speak of it to others: its customer, opened. */
export async function readAppointmentWithCustomer(db: Kysely<Database>, vault: Vault, appointmentId: string) {
  const row = await db
    .selectFrom('appointments')
    .innerJoin('customers', 'customers.id', 'appointments.customer_id')
    .innerJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .innerJoin('companies', 'companies.id', 'appointments.company_id')
    .where('appointments.id', '=', appointmentId)
    .selectAll('appointments')
    .select(customerColumns)
    .select(factColumns)
    .select(factLists)
    .executeTakeFirst();
  if (!row) throw failure('NotFound', `appointment ${appointmentId} or its customer does not exist`);
  return { appointment: row, customer: toCustomer(vault, row), facts: row satisfies FactRow };
}

export type AppointmentWithCustomer = Awaited<ReturnType<typeof readAppointmentWithCustomer>>;

/**
 * The slot is free again, whether it was held or already booked: what was counted is taken back, what was to be
 * said is not said.
 */
export async function releaseAppointment(
  db: Kysely<Database>,
  appointmentId: string,
  reason: string,
): Promise<void> {
  await sql`
    WITH standing AS (
      SELECT id, company_id, service_id, counted_at, (starts_at AT TIME ZONE time_zone)::date AS local_day
      FROM appointments WHERE id = ${appointmentId} AND status IN ('held', 'booked') FOR UPDATE
    ), released AS (
      UPDATE appointments a SET status = 'released', status_reason = ${reason}, calcom_booking_uid = NULL,
        counted_at = NULL, updated_at = now()
      FROM standing s WHERE a.id = s.id
    ), unsaid AS (
      UPDATE notifications n SET status = 'skipped', reason = 'booking-undone'
      FROM standing s WHERE n.appointment_id = s.id AND n.status = 'pending'
    )
    UPDATE booking_statistics b SET booked = b.booked - 1, revenue_cents = b.revenue_cents - v.price_cents
    FROM standing s JOIN services v ON v.id = s.service_id
    WHERE s.counted_at IS NOT NULL AND b.company_id = s.company_id AND b.local_day = s.local_day`.execute(db);
}

/** Counts the row of a common table expression `booked` (`company_id`, `service_id`, `local_day`). */
export const countBooked = sql`
  INSERT INTO booking_statistics AS s (company_id, local_day, booked, revenue_cents)
  SELECT b.company_id, b.local_day, 1, v.price_cents FROM booked b JOIN services v ON v.id = b.service_id
  ON CONFLICT (company_id, local_day) DO UPDATE SET
    booked = s.booked + 1, revenue_cents = s.revenue_cents + excluded.revenue_cents`;

/**
 * The calendar has the booking: the appointment stands and is counted. Counting is bound to the change of its
 * status, so a repeat counts nothing.
 */
export const appointmentBooked = (appointmentId: string, bookingUid: string): Alongside => sql`
  booked AS (
    UPDATE appointments SET status = 'booked', calcom_booking_uid = ${bookingUid}, counted_at = now(), updated_at = now()
    WHERE id = ${appointmentId} AND status = 'held'
    RETURNING id, company_id, customer_id, sequence, service_id, (starts_at AT TIME ZONE time_zone)::date AS local_day
  ), counted AS (${countBooked})`;

/** Takes an appointment out of the calendar and the statistics. False when it was not standing (any more). */
export async function cancelAppointment(
  db: Kysely<Database>,
  appointmentId: string,
  reason: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    WITH cancelled AS (
      UPDATE appointments SET status = 'cancelled', status_reason = ${reason}, sequence = sequence + 1,
        counted_at = NULL, updated_at = now()
      WHERE id = ${appointmentId} AND status = 'booked'
      RETURNING company_id, service_id, (starts_at AT TIME ZONE time_zone)::date AS local_day
    )
    INSERT INTO booking_statistics AS s (company_id, local_day, cancelled, revenue_cents)
    SELECT c.company_id, c.local_day, 1, -v.price_cents FROM cancelled c JOIN services v ON v.id = c.service_id
    ON CONFLICT (company_id, local_day) DO UPDATE SET
      cancelled = s.cancelled + 1, revenue_cents = s.revenue_cents + excluded.revenue_cents`.execute(db);
  return numAffectedRows === 1n;
}

/** The end of a booking that came by API. */
export async function finishBookingRequest(
  db: Kysely<Database>,
  appointmentId: string,
  status: string,
  detail: Record<string, unknown>,
): Promise<void> {
  await db
    .updateTable('booking_requests')
    .set({ status, detail: JSON.stringify(detail), finished_at: new Date() })
    .where('appointment_id', '=', appointmentId)
    .execute();
}
