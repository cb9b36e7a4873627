import { type Kysely, sql } from 'kysely';
import { offsetPeriods } from '../../shared/daily-calls/zone-offsets.ts';
import type { Database } from '../tables/database.ts';
import { dialled, firstOfDay, judged, lastOfDay, reached } from './measures.ts';

export const analyticsDimensions = ['day', 'hour', 'zone', 'variant', 'outcome', 'provider'] as const;
export type AnalyticsDimension = (typeof analyticsDimensions)[number];

export interface AnalyticsQuery {
  /** Null: every company. */
  companyId: string | null;
  /** Local days of the users, `YYYY-MM-DD`, both included. */
  from: string;
  to: string;
  by: AnalyticsDimension;
}

export interface CallMeasures {
  /** Calls that were made. */
  attempts: number;
  /** Of them: it is known whether they reached somebody. */
  judged: number;
  /** Of them: a conversation. */
  reached: number;
  /** Of judged calls; null: there is none. */
  reachRate: number | null;
  /** Of conversations. */
  meanDurationMs: number | null;
  medianDurationMs: number | null;
  /** Calls after another one on the same local day. */
  retries: number;
  /** Retries that became a conversation. */
  retriesThatHelped: number;
  /** Days that ended without anybody reached; each counts where its last call does. */
  neverReachedDays: number;
}

export interface CallAnalytics {
  total: CallMeasures;
  /** In the order of their keys. */
  groups: ({ key: string | null } & CallMeasures)[];
}

/** What daily calls came to, by the users' own days and hours. */
export async function callAnalytics(db: Kysely<Database>, query: AnalyticsQuery): Promise<CallAnalytics> {
  const { companyId, from, to, by } = query;
  const periods = by === 'hour' ? await zonePeriods(db, query) : [];
  const { rows } = await sql<{ key: string | null; isTotal: boolean } & CallMeasures>`
    WITH made AS (
      SELECT a.duration_ms, a.status, a.provider, a.variant_id, a.dialled_at, d.local_date, d.local_tz,
        ${judged} AS judged, ${reached} AS reached, ${firstOfDay} AS first,
        d.outcome = 'not-reached' AND ${lastOfDay} AS in_vain
      FROM call_attempts a
      JOIN daily_calls d ON d.user_id = a.user_id AND d.local_date = a.local_date
      WHERE ${dialled} AND d.local_date BETWEEN ${from}::date AND ${to}::date
        -- What the index knows: a local day is at most this far from the same day of UTC.
        AND a.dialled_at >= ${from}::date::timestamp AT TIME ZONE 'UTC' - interval '2 days'
        AND a.dialled_at < ${to}::date::timestamp AT TIME ZONE 'UTC' + interval '3 days'
        ${companyId === null ? sql`` : sql`AND a.company_id = ${companyId}`}
    ), keyed AS (SELECT made.*, ${keyOf(by)} AS key FROM made ${by === 'hour' ? joinPeriods(periods) : sql``})
    SELECT key, grouping(key) = 1 AS "isTotal",
      count(*)::int AS attempts,
      count(*) FILTER (WHERE judged)::int AS judged,
      count(*) FILTER (WHERE reached)::int AS reached,
      count(*) FILTER (WHERE reached)::float8 / nullif(count(*) FILTER (WHERE judged), 0) AS "reachRate",
      (avg(duration_ms) FILTER (WHERE reached))::float8 AS "meanDurationMs",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) FILTER (WHERE reached) AS "medianDurationMs",
      count(*) FILTER (WHERE NOT first)::int AS retries,
      count(*) FILTER (WHERE NOT first AND reached)::int AS "retriesThatHelped",
      count(*) FILTER (WHERE in_vain)::int AS "neverReachedDays"
    FROM keyed GROUP BY GROUPING SETS ((key), ()) ORDER BY key NULLS LAST`.execute(db);
  const groups = rows.map(({ isTotal, ...group }) => ({ isTotal, group }));
  const { key: _, ...total } = groups.find(({ isTotal }) => isTotal)!.group;
  return { total, groups: groups.filter(({ isTotal }) => !isTotal).map(({ group }) => group) };
}

function keyOf(by: AnalyticsDimension) {
  switch (by) {
    case 'day':
      return sql`local_date::text`;
    case 'hour':
      return sql`to_char(dialled_at AT TIME ZONE 'UTC' + p.offset_ms * interval '1 millisecond', 'HH24')`;
    case 'zone':
      return sql`local_tz`;
    case 'variant':
      return sql`variant_id::text`;
    case 'outcome':
      return sql`status`;
    case 'provider':
      return sql`provider`;
  }
}

interface ZonePeriod {
  zone: string;
  from_at: Date;
  to_at: Date;
  offset_ms: number;
}

/**
 * The clocks of all zones in question. They come from the time zone tables that the calls were planned with, not
 * from the database's: those may be older, and do not know every zone.
 */
async function zonePeriods(
  db: Kysely<Database>,
  { companyId, from, to }: AnalyticsQuery,
): Promise<ZonePeriod[]> {
  const zones = await db
    .selectFrom('daily_calls')
    .$if(companyId !== null, (query) => query.where('company_id', '=', companyId))
    .where('local_date', '>=', from)
    .where('local_date', '<=', to)
    .select('local_tz')
    .distinct()
    .execute();
  // A day more on each side: a local day begins and ends in other days of UTC.
  const years = [Number(from.slice(0, 4)) - 1, Number(to.slice(0, 4)) + 1] as const;
  return zones.flatMap(({ local_tz }) => periodsOf(local_tz, ...years));
}

function periodsOf(zone: string, firstYear: number, lastYear: number): ZonePeriod[] {
  const found: ZonePeriod[] = [];
  for (let year = firstYear; year <= lastYear; year++) {
    for (const { fromMs, toMs, offsetMs } of offsetPeriods(zone, year)) {
      // The periods of a year reach into its neighbours.
      const from_at = new Date(Math.max(fromMs, Date.UTC(year, 0, 1)));
      const to_at = new Date(Math.min(toMs, Date.UTC(year + 1, 0, 1)));
      if (from_at < to_at) found.push({ zone, from_at, to_at, offset_ms: offsetMs });
    }
  }
  return found;
}

const joinPeriods = (
  periods: ZonePeriod[],
) => sql`LEFT JOIN jsonb_to_recordset(${JSON.stringify(periods)}::jsonb)
  AS p(zone text, from_at timestamptz, to_at timestamptz, offset_ms float8)
  ON p.zone = local_tz AND dialled_at >= p.from_at AND dialled_at < p.to_at`;

/** Names of variants as people know them: script and variant. */
export async function variantNames(db: Kysely<Database>, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('script_variants')
    .innerJoin('agent_scripts', 'agent_scripts.id', 'script_variants.script_id')
    .where('script_variants.id', 'in', ids)
    .select(['script_variants.id', 'script_variants.name', 'agent_scripts.slug'])
    .execute();
  return new Map(rows.map(({ id, slug, name }) => [id, `${slug}/${name}`]));
}
