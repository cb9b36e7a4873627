import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { Database } from '../../tables/database.ts';

/** Counts days that were known (hits) and days that the calendar had to be asked for (misses), by UTC day. */
export async function countAvailabilityUse(
  db: Kysely<Database>,
  companyId: string,
  { hits, misses }: { hits: number; misses: number },
): Promise<void> {
  await sql`
    INSERT INTO availability_use AS u (company_id, day, hits, misses)
    VALUES (${companyId}, (now() AT TIME ZONE 'UTC')::date, ${hits}, ${misses})
    ON CONFLICT (company_id, day) DO UPDATE SET hits = u.hits + excluded.hits, misses = u.misses + excluded.misses`.execute(
    db,
  );
}

export interface AvailabilityUse {
  day: string;
  hits: number;
  misses: number;
}

/** Use by UTC day, oldest first; `companyId` null: of all companies together. */
export async function readAvailabilityUse(
  db: Kysely<Database>,
  companyId: string | null,
  { from, to }: { from: string; to: string },
): Promise<AvailabilityUse[]> {
  const { rows } = await sql<AvailabilityUse>`
    SELECT day::text AS day, sum(hits)::int AS hits, sum(misses)::int AS misses FROM availability_use
    WHERE day BETWEEN ${from}::date AND ${to}::date
      AND (${companyId}::uuid IS NULL OR company_id = ${companyId}::uuid)
    GROUP BY day ORDER BY day`.execute(db);
  return rows;
}

/** Use of this UTC day, of all companies together. */
export async function countUseToday(pool: pg.Pool): Promise<{ hits: number; misses: number }> {
  const { rows } = await pool.query<{ hits: number; misses: number }>(
    `SELECT coalesce(sum(hits), 0)::int AS hits, coalesce(sum(misses), 0)::int AS misses FROM availability_use
      WHERE day = (now() AT TIME ZONE 'UTC')::date`,
  );
  return rows[0]!;
}
