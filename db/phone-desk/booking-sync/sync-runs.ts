import { type Kysely, sql } from 'kysely';
import type { SyncEnd, SyncKind, SyncStatus } from '../../../shared/calendar-sync.ts';
import { clearAlert, raiseAlert } from '../../alerts.ts';
import type { Database } from '../../tables/database.ts';

export interface SyncTarget {
  companyId: string;
  kind: SyncKind;
}

/** Whether a company has a calendar to compare with; false for one that does not exist (any more), too. */
export async function isConnected(db: Kysely<Database>, companyId: string): Promise<boolean> {
  const row = await db
    .selectFrom('companies')
    .where('id', '=', companyId)
    .where('active', '=', true)
    .where('calcom_key_sealed', 'is not', null)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Companies with a calendar in the order of their ids, after `after`. */
export async function connectedCompanies(
  db: Kysely<Database>,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('companies')
    .where('active', '=', true)
    .where('calcom_key_sealed', 'is not', null)
    .$if(after !== null, (query) => query.where('id', '>', after as string))
    .select('id')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Files what a person asks for; while it waits, asking again answers with it. */
export async function requestSync(
  trx: Kysely<Database>,
  { companyId, kind }: SyncTarget,
  id: string,
): Promise<{ id: string; isNew: boolean }> {
  const filed = await trx
    .insertInto('calendar_sync_runs')
    .values({
      id,
      company_id: companyId,
      kind,
      trigger: 'request',
      status: 'requested',
      taken_by: null,
      started_at: null,
      finished_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['company_id', 'kind']).where('status', '=', 'requested').doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  if (filed) return { id, isNew: true };
  const waiting = await trx
    .selectFrom('calendar_sync_runs')
    .where('company_id', '=', companyId)
    .where('kind', '=', kind)
    .where('status', '=', 'requested')
    .select('id')
    .executeTakeFirst();
  // It was taken in this moment: what is asked for now has to look again.
  return waiting ? { id: waiting.id, isNew: false } : requestSync(trx, { companyId, kind }, id);
}

/**
 * Takes what was asked for, or notes a run of the schedule; returns its id. A repeat with the same `takenBy` finds what
 * it has taken. There is one run per company and kind at a time, so another one that still runs has died.
 */
export async function beginSync(
  db: Kysely<Database>,
  { companyId, kind }: SyncTarget,
  takenBy: string,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    WITH dead AS (
      UPDATE calendar_sync_runs SET status = 'failed', finished_at = now(), detail = '{"reason": "the run ended"}'
      WHERE company_id = ${companyId} AND kind = ${kind} AND status = 'running' AND taken_by <> ${takenBy}
    ), known AS (
      SELECT id FROM calendar_sync_runs WHERE company_id = ${companyId} AND kind = ${kind} AND taken_by = ${takenBy}
    ), asked AS (
      UPDATE calendar_sync_runs SET status = 'running', taken_by = ${takenBy}, started_at = now()
      WHERE company_id = ${companyId} AND kind = ${kind} AND status = 'requested' AND NOT EXISTS (SELECT FROM known)
      RETURNING id
    ), noted AS (
      INSERT INTO calendar_sync_runs (id, company_id, kind, trigger, status, taken_by, started_at)
      SELECT ${takenBy}::uuid, ${companyId}, ${kind}, 'schedule', 'running', ${takenBy}::uuid, now()
      WHERE NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM asked)
      RETURNING id
    )
    SELECT id FROM known UNION ALL SELECT id FROM asked UNION ALL SELECT id FROM noted`.execute(db);
  return rows[0]!.id;
}

/**
 * Writes how a run ended. A key that the calendar refuses is an alert of that company, until the calendar has taken it
 * again; for both kinds, since a key may have the right to one only.
 */
export async function finishSync(
  db: Kysely<Database>,
  { companyId, kind }: SyncTarget,
  runId: string,
  end: { status: SyncEnd; detail: Record<string, unknown> },
): Promise<void> {
  const { status, detail } = end;
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('calendar_sync_runs')
      .set({ status, detail: JSON.stringify(detail), finished_at: new Date() })
      .where('id', '=', runId)
      .where('status', '=', 'running')
      .execute();
    const alert = { kind: 'vendor-key-refused', companyId, entity: 'calcom' } as const;
    if (status === 'key-refused') await raiseAlert(trx, { ...alert, detail: { sync: kind } });
    if (status !== 'synced') return;
    const other = await lastEnd(trx, { companyId, kind: kind === 'bookings' ? 'event-types' : 'bookings' });
    if (other !== 'key-refused') await clearAlert(trx, alert);
  });
}

async function lastEnd(db: Kysely<Database>, { companyId, kind }: SyncTarget) {
  const row = await db
    .selectFrom('calendar_sync_runs')
    .where('company_id', '=', companyId)
    .where('kind', '=', kind)
    .where('finished_at', 'is not', null)
    .select('status')
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.status;
}

export interface SyncRunView {
  id: string;
  trigger: 'schedule' | 'request';
  status: SyncStatus;
  detail: Record<string, unknown>;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** The newest runs of a company, newest first; `ended`: only those that ended so. */
export function recentSyncRuns(
  db: Kysely<Database>,
  { companyId, kind }: SyncTarget,
  limit: number,
  ended?: SyncEnd,
): Promise<SyncRunView[]> {
  return db
    .selectFrom('calendar_sync_runs')
    .where('company_id', '=', companyId)
    .where('kind', '=', kind)
    .$if(ended !== undefined, (query) => query.where('status', '=', ended as SyncEnd))
    .select(['id', 'trigger', 'status', 'detail'])
    .select(['created_at as createdAt', 'started_at as startedAt', 'finished_at as finishedAt'])
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
}

/** Removes runs that ended long ago; returns how many. */
export async function pruneSyncRuns(db: Kysely<Database>, olderThanMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('calendar_sync_runs')
    .where('finished_at', '<', new Date(Date.now() - olderThanMs))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
