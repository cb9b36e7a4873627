import { type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';

/** One event type of the calendar as one staff member offers it. */
export interface OfferKey {
  staffId: string;
  eventTypeId: number;
}

/** What the calendar has said of one local day. */
export interface CachedDay {
  /** `YYYY-MM-DD`, the staff member's. */
  day: string;
  starts: Date[];
  computedAt: Date;
  expiresAt: Date;
}

/**
 * What still holds of an offer's days, and the staff member's generation at this moment: to be read before the
 * calendar is asked for the others.
 */
export async function readCachedDays(
  db: Kysely<Database>,
  { staffId, eventTypeId }: OfferKey,
  days: string[],
): Promise<{ generation: string; cached: CachedDay[] }> {
  const { rows } = await sql<{
    generation: string;
    day: string | null;
    starts: Date[];
    computed_at: Date;
    expires_at: Date;
  }>`
    SELECT coalesce(g.generation, 0)::text AS generation, c.local_day::text AS day, c.starts, c.computed_at, c.expires_at
    FROM (SELECT ${staffId}::uuid AS staff_id) one
    LEFT JOIN availability_generations g USING (staff_id)
    LEFT JOIN availability_cache c ON c.staff_id = one.staff_id AND c.event_type_id = ${eventTypeId}
      AND c.local_day = ANY(${days}::date[]) AND c.generation = coalesce(g.generation, 0) AND c.expires_at > now()`.execute(
    db,
  );
  const cached = rows.flatMap(({ day, starts, computed_at: computedAt, expires_at: expiresAt }) =>
    day === null ? [] : [{ day, starts, computedAt, expiresAt }],
  );
  return { generation: rows[0]!.generation, cached };
}

/** Keeps what the calendar has said, unless an appointment of the staff member has changed since it was asked. */
export async function keepDays(
  db: Kysely<Database>,
  { staffId, eventTypeId }: OfferKey,
  generation: string,
  days: { day: string; starts: Date[] }[],
  lifeMs: number,
): Promise<void> {
  const rows = JSON.stringify(days);
  await sql`
    INSERT INTO availability_cache AS c (staff_id, event_type_id, local_day, starts, generation, computed_at, expires_at)
    SELECT ${staffId}, ${eventTypeId}, d.day, d.starts, ${generation}, now(), now() + ${`${lifeMs} milliseconds`}::interval
    FROM jsonb_to_recordset(${rows}::jsonb) AS j(day date, starts jsonb),
      LATERAL (SELECT j.day, ARRAY(SELECT jsonb_array_elements_text(j.starts)::timestamptz) AS starts) d
    WHERE coalesce((SELECT generation FROM availability_generations WHERE staff_id = ${staffId}), 0) = ${generation}
    ON CONFLICT (staff_id, event_type_id, local_day) DO UPDATE SET starts = excluded.starts,
      generation = excluded.generation, computed_at = excluded.computed_at, expires_at = excluded.expires_at`.execute(
    db,
  );
}

/** Nothing that was asked of these calendars before is used any more; `emails`: of those among the staff alone. */
export async function dropAvailability(
  db: Kysely<Database>,
  whose: { companyId: string; emails?: string[] } | { staffId: string },
): Promise<void> {
  const staff =
    'staffId' in whose
      ? sql`ARRAY[${whose.staffId}::uuid]`
      : sql`ARRAY(SELECT id FROM staff WHERE company_id = ${whose.companyId}
          AND (${whose.emails ?? null}::text[] IS NULL OR email = ANY(${whose.emails ?? null}::text[])))`;
  await sql`SELECT raise_availability_generation(${staff})`.execute(db);
}

/** Removes what has run out; returns the number of rows. */
export async function pruneAvailability(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('availability_cache')
    .where('expires_at', '<', new Date())
    .executeTakeFirst();
  return Number(numDeletedRows);
}
