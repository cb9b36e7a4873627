import { type Kysely, sql } from 'kysely';
import {
  alertOfCheck,
  type CheckResult,
  type CheckStatus,
  checkAlertKinds,
  HEARTBEAT,
} from '../shared/health.ts';
import { settleAlerts } from './alerts.ts';
import type { Database } from './tables/database.ts';
import type { HealthChecksTable } from './tables/health.ts';

type Owner = HealthChecksTable['owner'];

/**
 * Writes what a chain found, and raises or clears the alerts that follow. Checks of the same chain that are not in
 * `results` and not among `kept` are forgotten: the part is gone. Any number of them may do it at once.
 */
export async function saveChecks(
  trx: Kysely<Database>,
  owner: Owner,
  results: CheckResult[],
  kept: string[] = [],
): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(4, hashtext('health'))`.execute(trx);
  const rows = results.map(({ name, ok, patience, latencyMs, detail }) => ({
    ...{ name, ok, patience, detail },
    latency_ms: latencyMs === null ? null : Math.round(latencyMs),
  }));
  await sql`
    INSERT INTO health_checks AS h (name, owner, status, failures, last_ok_at, latency_ms, detail)
    SELECT r.name, ${owner}, s.status, s.failures, CASE WHEN r.ok THEN now() ELSE known.last_ok_at END,
           r.latency_ms, r.detail
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           AS r (name text, ok boolean, patience integer, latency_ms integer, detail jsonb)
    LEFT JOIN health_checks known ON known.name = r.name
    CROSS JOIN LATERAL (SELECT CASE WHEN r.ok THEN 0 ELSE coalesce(known.failures, 0) + 1 END AS failures) f
    CROSS JOIN LATERAL (
      SELECT f.failures, CASE WHEN r.ok THEN 'up' WHEN f.failures >= r.patience THEN 'down' ELSE 'failing' END AS status
    ) s
    ON CONFLICT (name) DO UPDATE SET
      owner = excluded.owner, status = excluded.status, failures = excluded.failures, checked_at = now(),
      since = CASE WHEN h.status = excluded.status THEN h.since ELSE now() END,
      last_ok_at = excluded.last_ok_at, latency_ms = excluded.latency_ms, detail = excluded.detail`.execute(
    trx,
  );
  await trx
    .deleteFrom('health_checks')
    .where('owner', '=', owner)
    .where('name', 'not in', [...results.map(({ name }) => name), ...kept, ''])
    .execute();
  await settleCheckAlerts(trx);
}

async function settleCheckAlerts(trx: Kysely<Database>): Promise<void> {
  const down = (await listChecks(trx)).filter(({ status }) => status === 'down');
  for (const kind of checkAlertKinds) {
    const entities = new Map<string, Record<string, unknown>>();
    for (const { name, since, detail } of down) {
      const alert = alertOfCheck(name);
      if (alert.kind !== kind) continue;
      entities.set(alert.entity, { ...entities.get(alert.entity), [name]: { since, ...detail } });
    }
    const found = [...entities].map(([entity, detail]) => ({ companyId: null, entity, detail }));
    await settleAlerts(trx, kind, found);
  }
}

export interface CheckView {
  name: string;
  status: CheckStatus;
  since: Date;
  checkedAt: Date;
  lastOkAt: Date | null;
  latencyMs: number | null;
  detail: Record<string, unknown>;
}

/** Every check as it stands, by name. */
export function listChecks(db: Kysely<Database>): Promise<CheckView[]> {
  return db
    .selectFrom('health_checks')
    .select(['name', 'status', 'since', 'detail'])
    .select(['checked_at as checkedAt', 'last_ok_at as lastOkAt', 'latency_ms as latencyMs'])
    .orderBy('name')
    .execute();
}

export interface Heartbeat {
  /** The last one that went through. */
  at: Date;
  ageMs: number;
}

/** The last heartbeat, its age by the database's clock; null: there has been none. */
export async function lastHeartbeat(db: Kysely<Database>): Promise<Heartbeat | null> {
  const row = await db
    .selectFrom('health_checks')
    .where('name', '=', HEARTBEAT)
    .select([
      'checked_at as at',
      sql<number>`extract(epoch FROM now() - checked_at)::float8 * 1000`.as('ageMs'),
    ])
    .executeTakeFirst();
  return row ?? null;
}
