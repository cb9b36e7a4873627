import type { Kysely } from 'kysely';
import type { Database } from '../../tables/database.ts';

const columns = [
  'id',
  'status',
  'starts_at',
  'ends_at',
  'calcom_booking_uid',
  'no_show_at',
  'updated_at',
] as const;

/** The appointments behind bookings: by their uids, or by the ids that we have given them there. */
export function appointmentsBehind(
  db: Kysely<Database>,
  companyId: string,
  uids: string[],
  appointmentIds: string[],
) {
  return db
    .selectFrom('appointments')
    .where('company_id', '=', companyId)
    .where((where) =>
      where.or([
        ...(uids.length > 0 ? [where('calcom_booking_uid', 'in', uids)] : []),
        ...(appointmentIds.length > 0 ? [where('id', 'in', appointmentIds)] : []),
      ]),
    )
    .select(columns)
    .execute();
}

export type ComparedAppointment = Awaited<ReturnType<typeof appointmentsBehind>>[number];

/**
 * Appointments that stand here and begin within the stretch (end excluded; null: open), but for those booked as
 * `except`: the first `limit` of them by start (null: all).
 */
export function standingAppointments(
  db: Kysely<Database>,
  companyId: string,
  stretch: { from: Date; to: Date | null },
  except: string[],
  limit: number | null,
): Promise<ComparedAppointment[]> {
  return db
    .selectFrom('appointments')
    .where('company_id', '=', companyId)
    .where('status', '=', 'booked')
    .where('calcom_booking_uid', 'is not', null)
    .where('starts_at', '>=', stretch.from)
    .$if(stretch.to !== null, (query) => query.where('starts_at', '<', stretch.to as Date))
    .$if(except.length > 0, (query) => query.where('calcom_booking_uid', 'not in', except))
    .select(columns)
    .orderBy('starts_at')
    .orderBy('id')
    .$if(limit !== null, (query) => query.limit(limit as number))
    .execute();
}

/** The calendar's event types that stand for something here. */
export async function carriedEventTypes(db: Kysely<Database>, companyId: string): Promise<Set<number>> {
  const rows = await db
    .selectFrom('event_types')
    .where('company_id', '=', companyId)
    .select('calcom_event_type_id')
    .distinct()
    .execute();
  return new Set(rows.map((row) => row.calcom_event_type_id));
}

/** Up to when changes in a company's calendar are taken over; null: never yet. */
export async function readWatermark(db: Kysely<Database>, companyId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('calendar_watermarks')
    .where('company_id', '=', companyId)
    .select('bookings_until')
    .executeTakeFirst();
  return row?.bookings_until ?? null;
}

/** Everything up to this moment is taken over; never goes back. */
export async function advanceWatermark(db: Kysely<Database>, companyId: string, until: Date): Promise<void> {
  await db
    .insertInto('calendar_watermarks')
    .values({ company_id: companyId, bookings_until: until })
    .onConflict((conflict) =>
      conflict
        .column('company_id')
        .doUpdateSet({ bookings_until: until })
        .where('calendar_watermarks.bookings_until', '<', until),
    )
    .execute();
}
