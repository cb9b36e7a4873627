import { type Kysely, sql } from 'kysely';
import type { ReachCounts } from '../../shared/daily-calls/reach-rate.ts';
import type { Database } from '../tables/database.ts';
import { dialled, firstOfDay, judged, reached } from './measures.ts';

/** What calls with one variant of a script came to. */
export interface VariantResults {
  id: string;
  name: string;
  weight: number;
  usersAssigned: number;
  /** Calls that were made, also those whose end is not known. */
  attempts: number;
  /** Of conversations; null: there was none. */
  meanDurationMs: number | null;
  /** Calls of which it is known whether they reached somebody. */
  all: ReachCounts;
  /** The same, only the first call of each local day. */
  first: ReachCounts;
}

/** The results of a script's variants, by name; also of those that nobody new hears. */
export async function scriptResults(db: Kysely<Database>, scriptId: string): Promise<VariantResults[]> {
  const { rows } = await sql<VariantResults>`
    WITH made AS (
      SELECT a.variant_id, a.user_id, a.duration_ms, ${judged} AS judged, ${reached} AS reached, ${firstOfDay} AS first
      FROM call_attempts a
      JOIN script_variants v ON v.id = a.variant_id
      WHERE v.script_id = ${scriptId} AND ${dialled}
    ), by_user AS (
      SELECT variant_id, user_id, count(*) AS attempts,
        sum(duration_ms) FILTER (WHERE reached) AS duration_ms,
        count(duration_ms) FILTER (WHERE reached) AS durations,
        count(*) FILTER (WHERE judged)::float8 AS n,
        count(*) FILTER (WHERE reached)::float8 AS x,
        count(*) FILTER (WHERE judged AND first)::float8 AS n1,
        count(*) FILTER (WHERE reached AND first)::float8 AS x1
      FROM made GROUP BY variant_id, user_id
    ), by_variant AS (
      SELECT variant_id, sum(attempts)::int AS attempts,
        (sum(duration_ms) / nullif(sum(durations), 0))::float8 AS mean_duration_ms,
        ${countsOf('n', 'x')} AS everything, ${countsOf('n1', 'x1')} AS firsts
      FROM by_user GROUP BY variant_id
    )
    SELECT v.id, v.name, v.weight,
      (SELECT count(*)::int FROM script_assignments s WHERE s.variant_id = v.id) AS "usersAssigned",
      coalesce(r.attempts, 0) AS attempts, r.mean_duration_ms AS "meanDurationMs",
      coalesce(r.everything, ${noCalls}) AS "all", coalesce(r.firsts, ${noCalls}) AS "first"
    FROM script_variants v LEFT JOIN by_variant r ON r.variant_id = v.id
    WHERE v.script_id = ${scriptId}
    ORDER BY v.name, v.id`.execute(db);
  return rows;
}

/** `ReachCounts` over rows of one user each. */
function countsOf(calls: 'n' | 'n1', answered: 'x' | 'x1') {
  const [n, x] = [sql.ref(calls), sql.ref(answered)];
  return sql`jsonb_build_object('users', count(*) FILTER (WHERE ${n} > 0), 'calls', sum(${n}), 'reached', sum(${x}),
    'callsSquared', sum(${n} * ${n}), 'callsTimesReached', sum(${n} * ${x}), 'reachedSquared', sum(${x} * ${x}))`;
}

const noCalls = sql`'{"users": 0, "calls": 0, "reached": 0, "callsSquared": 0, "callsTimesReached": 0,
  "reachedSquared": 0}'::jsonb`;
