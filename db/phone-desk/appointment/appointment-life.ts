import { type Kysely, sql } from 'kysely';
import type { NotificationKind } from '../../../shared/messages/channels.ts';
import type { Database } from '../../tables/database.ts';
import { isTaken } from '../booking/booking.ts';

export interface OpenRequest {
  id: string;
  kind: 'cancel' | 'reschedule';
  source: 'api' | 'calendar';
  startsAt: Date | null;
  reason: string | null;
}

/** The oldest request that nobody has carried out yet. */
export async function nextRequest(
  db: Kysely<Database>,
  appointmentId: string,
): Promise<OpenRequest | undefined> {
  const row = await db
    .selectFrom('appointment_requests')
    .where('appointment_id', '=', appointmentId)
    .where('status', '=', 'accepted')
    .select(['id', 'kind', 'source', 'starts_at', 'reason'])
    .orderBy('created_at')
    .orderBy('id')
    .executeTakeFirst();
  if (!row) return undefined;
  const { id, kind, source, starts_at, reason } = row;
  return { id, kind, source, startsAt: starts_at, reason };
}

export async function readRequest(db: Kysely<Database>, requestId: string) {
  return db.selectFrom('appointment_requests').where('id', '=', requestId).selectAll().executeTakeFirst();
}

export async function finishRequest(
  db: Kysely<Database>,
  requestId: string,
  refusal: string | null,
): Promise<void> {
  await db
    .updateTable('appointment_requests')
    .set({ status: refusal ? 'refused' : 'done', refusal, finished_at: new Date() })
    .where('id', '=', requestId)
    .where('status', '=', 'accepted')
    .execute();
}

/** Reminders of this sequence that have been dealt with on every channel. */
export async function finishedReminders(
  db: Kysely<Database>,
  appointmentId: string,
  sequence: number,
): Promise<NotificationKind[]> {
  const rows = await db
    .selectFrom('notifications')
    .where('appointment_id', '=', appointmentId)
    .where('sequence', '=', sequence)
    .where('kind', 'in', ['reminder-24h', 'reminder-2h'])
    .groupBy('kind')
    .having((eb) => eb.fn('bool_and', [eb('status', 'not in', ['pending', 'unknown'])]), '=', true)
    .select('kind')
    .execute();
  return rows.map((row) => row.kind);
}

/**
 * Blocks the new time beside the old one, so that neither is lost while the calendar is asked. False: the
 * new time is taken.
 */
export async function blockBoth(
  db: Kysely<Database>,
  appointmentId: string,
  from: Date,
  to: Date,
): Promise<boolean> {
  try {
    await sql`
      UPDATE appointments SET blocked = blocked + tstzmultirange(tstzrange(${from}, ${to}))
      WHERE id = ${appointmentId} AND status = 'booked'`.execute(db);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

/** The time (with buffers) that an appointment blocks from here on, and nothing else. */
export async function blockOnly(
  db: Kysely<Database>,
  appointmentId: string,
  from: Date,
  to: Date,
): Promise<void> {
  await sql`
    UPDATE appointments SET blocked = tstzmultirange(tstzrange(${from}, ${to}))
    WHERE id = ${appointmentId}`.execute(db);
}

/**
 * The appointment stands at these times under this booking. A new start is a move; a repeat is none. False: the staff
 * member has another one at that time; nothing is changed.
 */
export async function moveAppointment(
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

export async function completeAppointment(db: Kysely<Database>, appointmentId: string): Promise<void> {
  await db
    .updateTable('appointments')
    .set({ status: 'completed', updated_at: new Date() })
    .where('id', '=', appointmentId)
    .where('status', '=', 'booked')
    .execute();
}
