import { type Kysely, sql } from 'kysely';
import type { Database } from './tables/database.ts';

/** How long the oldest event that could be handed over has been waiting; 0: none waits. */
export async function oldestPendingAgeMs(db: Kysely<Database>): Promise<number> {
  const { ageMs } = await db
    .selectFrom('inbox_events')
    .where('status', '=', 'pending')
    .select(sql<number>`coalesce(extract(epoch FROM now() - min(received_at))::float8 * 1000, 0)`.as('ageMs'))
    .executeTakeFirstOrThrow();
  return ageMs;
}

/** Runs that have failed within the last `withinMs`: the rows that the runs themselves leave. */
export async function countFailedRuns(db: Kysely<Database>, withinMs: number): Promise<number> {
  const { failed } = await db
    .selectFrom('failed_runs')
    .where('created_at', '>', sql<Date>`now() - ${withinMs} * interval '1 millisecond'`)
    .select(sql<number>`count(*)::integer`.as('failed'))
    .executeTakeFirstOrThrow();
  return failed;
}

export interface OpenCircuit {
  vendor: string;
  /** null: the account that all companies share. */
  companyId: string | null;
  openings: number;
  openUntil: Date;
}

/**
 * Circuit breakers that hold calls back. One whose time is long over and that nobody has asked since says nothing
 * about the vendor any more.
 */
export async function listOpenCircuits(db: Kysely<Database>): Promise<OpenCircuit[]> {
  const { rows } = await sql<OpenCircuit>`
    SELECT split_part(b.key, ':', 1) AS vendor, c.id AS "companyId", b.opened AS openings, b.open_until AS "openUntil"
    FROM circuit_breakers b LEFT JOIN companies c ON c.id::text = split_part(b.key, ':', 2)
    WHERE b.opened > 0 AND b.open_until > now() - interval '15 minutes'
      AND (c.id IS NOT NULL OR split_part(b.key, ':', 2) = 'all')
    ORDER BY b.key`.execute(db);
  return rows;
}

/** One company whose calendar can be asked; each `turn` is another's, in a round. */
export async function companyToAsk(db: Kysely<Database>, turn: number): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    WITH candidates AS (SELECT id FROM companies WHERE active AND calcom_key_sealed IS NOT NULL ORDER BY id)
    SELECT id FROM candidates
    OFFSET ${turn}::bigint % greatest((SELECT count(*) FROM candidates), 1) LIMIT 1`.execute(db);
  return rows[0]?.id ?? null;
}
