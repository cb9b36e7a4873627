import { type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';

/** Active companies that take bookings and have a calendar, by id, after `after`. */
export async function listCalendarCompanies(
  db: Kysely<Database>,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('companies')
    .select('id')
    .where('active', '=', true)
    .where('suspended_at', 'is', null)
    .where('calcom_key_sealed', 'is not', null)
    .$if(after !== null, (query) => query.where('id', '>', after as string))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Claims companies with a calendar whose day has come to `hour` and that were not warmed up on it. A time that the
 * clocks skip comes with the next one there is.
 */
export async function claimCompaniesToWarm(
  db: Kysely<Database>,
  now: Date,
  hour: number,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ company_id: string }>`
    INSERT INTO cache_warmings AS w (company_id, local_day)
    SELECT c.id, (${now}::timestamptz AT TIME ZONE c.time_zone)::date FROM companies c
    LEFT JOIN cache_warmings d ON d.company_id = c.id
    WHERE c.active AND c.suspended_at IS NULL AND c.calcom_key_sealed IS NOT NULL
      AND extract(hour FROM ${now}::timestamptz AT TIME ZONE c.time_zone) >= ${hour}
      AND (d.local_day IS NULL OR d.local_day < (${now}::timestamptz AT TIME ZONE c.time_zone)::date)
    ORDER BY c.id LIMIT ${limit}
    ON CONFLICT (company_id) DO UPDATE SET local_day = excluded.local_day WHERE w.local_day < excluded.local_day
    RETURNING company_id`.execute(db);
  return rows.map((row) => row.company_id);
}

/** Everything of a company that can be booked now: event types of active staff for active services. */
export function listOffers(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('event_types')
    .innerJoin('staff', 'staff.id', 'event_types.staff_id')
    .innerJoin('services', 'services.id', 'event_types.service_id')
    .where('event_types.company_id', '=', companyId)
    .where('event_types.active', '=', true)
    .where('staff.active', '=', true)
    .where('services.active', '=', true)
    .select([
      'event_types.company_id as companyId',
      'staff.id as staffId',
      'staff.time_zone as timeZone',
      'event_types.calcom_event_type_id as eventTypeId',
    ])
    .orderBy('event_types.id')
    .execute();
}
