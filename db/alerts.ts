import { type Kysely, sql } from 'kysely';
import type { AlertKind } from '../shared/alerts.ts';
import type { Database } from './tables/database.ts';

export interface Alert {
  kind: AlertKind;
  /** null: it concerns all companies. */
  companyId: string | null;
  /** What it is about: a vendor, a queue, a schedule. */
  entity: string;
  /** No personal data. */
  detail?: Record<string, unknown>;
}

/** Raises an alert; one that stands already is seen again, with its newest detail. Returns whether it is new. */
export async function raiseAlert(db: Kysely<Database>, alert: Alert): Promise<boolean> {
  const { kind, companyId, entity, detail = {} } = alert;
  const { rows } = await sql<{ fresh: boolean }>`
    INSERT INTO alerts (kind, company_id, entity, detail)
    VALUES (${kind}, ${companyId}, ${entity}, ${JSON.stringify(detail)})
    ON CONFLICT (kind, company_id, entity) WHERE cleared_at IS NULL
    DO UPDATE SET last_seen_at = now(), times_seen = alerts.times_seen + 1, detail = EXCLUDED.detail
    RETURNING times_seen = 1 AS fresh`.execute(db);
  return rows[0]!.fresh;
}

/** Makes the standing alerts of a kind exactly these: raises what is found, and clears what is not any more. */
export async function settleAlerts(
  db: Kysely<Database>,
  kind: AlertKind,
  found: Omit<Alert, 'kind'>[],
): Promise<void> {
  for (const alert of found) await raiseAlert(db, { ...alert, kind });
  const standing = found.map(({ companyId, entity }) => ({ company_id: companyId, entity }));
  await sql`
    UPDATE alerts a SET cleared_at = now()
    WHERE a.kind = ${kind} AND a.cleared_at IS NULL AND NOT EXISTS (
      SELECT FROM jsonb_to_recordset(${JSON.stringify(standing)}::jsonb) AS f (company_id uuid, entity text)
      WHERE f.entity = a.entity AND f.company_id IS NOT DISTINCT FROM a.company_id
    )`.execute(db);
}

/** What the alert spoke of is over. Returns whether it stood. */
export async function clearAlert(
  db: Kysely<Database>,
  { kind, companyId, entity }: Omit<Alert, 'detail'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alerts')
    .set({ cleared_at: new Date() })
    .where('kind', '=', kind)
    .where('entity', '=', entity)
    .where(sql<boolean>`company_id IS NOT DISTINCT FROM ${companyId}::uuid`)
    .where('cleared_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
