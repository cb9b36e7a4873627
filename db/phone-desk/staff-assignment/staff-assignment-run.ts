import { type Kysely, sql } from 'kysely';
import type { AssignmentAction, Host } from '../../../shared/phone-desk/assignments.ts';
import { raiseAlert } from '../../alerts.ts';
import { recordAudit } from '../../audit.ts';
import type { Database } from '../../tables/database.ts';
import { isConnected } from '../booking-sync/sync-runs.ts';

export type PendingEventTypes =
  | { state: 'go'; eventTypeIds: number[] }
  /** `gone`: with its company. */
  | { state: 'not-connected' | 'gone' };

/** The first event types with something pending; none when the batch is to be cancelled. */
export async function pendingEventTypes(
  db: Kysely<Database>,
  batchId: string,
  limit: number,
): Promise<PendingEventTypes> {
  const batch = await db
    .selectFrom('staff_assignments')
    .where('id', '=', batchId)
    .select(['company_id', 'cancel_requested_at'])
    .executeTakeFirst();
  if (!batch) return { state: 'gone' };
  if (batch.cancel_requested_at) return { state: 'go', eventTypeIds: [] };
  if (!(await isConnected(db, batch.company_id))) return { state: 'not-connected' };
  const rows = await db
    .selectFrom('staff_assignment_items')
    .where('batch_id', '=', batchId)
    .where('status', '=', 'pending')
    .select('event_type_id')
    .distinct()
    .orderBy('event_type_id')
    .limit(limit)
    .execute();
  return { state: 'go', eventTypeIds: rows.map((row) => row.event_type_id) };
}

/** What is pending for one event type, and whose it is. */
export interface Wish {
  position: number;
  staffId: string;
  userId: number;
  action: AssignmentAction;
  /** Of an undo: the host as the batch before has left (or found) them. */
  undoes: { host: Host | null; since: Date | null } | null;
  /** Of an undo: a later batch has asked for this pair. */
  askedSince: boolean;
}

/** What is to be done about one event type; nothing when the batch is to be cancelled. */
export async function readWishes(
  db: Kysely<Database>,
  batchId: string,
  eventTypeId: number,
): Promise<Wish[]> {
  const { rows } = await sql<
    Omit<Wish, 'undoes'> & { isUndo: boolean; host: Host | null; since: Date | null }
  >`
    SELECT i.position, i.staff_id AS "staffId", i.user_id AS "userId", i.action, b.undo_of IS NOT NULL AS "isUndo",
      o.host, o.settled_at AS since,
      b.undo_of IS NOT NULL AND EXISTS (
        SELECT FROM staff_assignment_items l JOIN staff_assignments lb ON lb.id = l.batch_id
        WHERE lb.company_id = b.company_id AND l.event_type_id = i.event_type_id AND l.user_id = i.user_id
          AND l.batch_id <> b.id AND l.batch_id <> b.undo_of
          AND l.status IN ('done', 'unchanged') AND l.settled_at > o.settled_at) AS "askedSince"
    FROM staff_assignment_items i
    JOIN staff_assignments b ON b.id = i.batch_id
    LEFT JOIN staff_assignment_items o ON o.batch_id = b.undo_of AND o.position = i.position
    WHERE i.batch_id = ${batchId} AND i.event_type_id = ${eventTypeId} AND i.status = 'pending'
      AND b.status = 'running' AND b.cancel_requested_at IS NULL
    ORDER BY i.position`.execute(db);
  return rows.map(({ isUndo, host, since, ...wish }) => ({
    ...wish,
    undoes: isUndo ? { host, since } : null,
  }));
}

/** These assignments of an event type have failed; without `positions` all that are pending. */
export async function failItems(
  db: Kysely<Database>,
  batchId: string,
  eventTypeId: number,
  reason: string,
  positions?: number[],
): Promise<void> {
  await db
    .updateTable('staff_assignment_items')
    .set({ status: 'failed', reason, settled_at: new Date() })
    .where('batch_id', '=', batchId)
    .where('event_type_id', '=', eventTypeId)
    .where('status', '=', 'pending')
    .$if(positions !== undefined, (query) => query.where('position', 'in', positions as number[]))
    .execute();
}

/** Why a batch cannot go on. */
export type Stop = 'key-refused' | 'not-connected';

export interface BatchEnd {
  status: 'completed' | 'finished' | 'cancelled' | 'goes-on' | 'gone' | Stop;
  /** A comparison of event types ran beside it: what it has read may be from before. */
  compareAgain: boolean;
}

/**
 * Ends a batch in which nothing is pending, or which cannot go on (what is pending stays so, for a retry). A refused key
 * is an alert of the company, which the next comparison with the calendar clears.
 */
export async function endBatch(db: Kysely<Database>, batchId: string, stop: Stop | null): Promise<BatchEnd> {
  return db.transaction().execute(async (trx): Promise<BatchEnd> => {
    const batch = await trx
      .selectFrom('staff_assignments')
      .where('id', '=', batchId)
      .selectAll()
      .forUpdate()
      .executeTakeFirst();
    if (!batch) return { status: 'gone', compareAgain: false };
    const cancelled =
      batch.status === 'running' && batch.cancel_requested_at ? await cancelPending(trx, batchId) : 0;
    const counts = await countItems(trx, batchId);
    const end = endOf(batch.status, { cancelled, stop, ...counts });
    if (batch.status !== 'running' || end === 'goes-on') return { status: end, compareAgain: false };
    await trx
      .updateTable('staff_assignments')
      .set({ status: end === 'completed' ? 'finished' : end, ended_at: new Date() })
      .where('id', '=', batchId)
      .execute();
    const { company_id: companyId, created_at: since } = batch;
    if (end === 'key-refused') {
      const alert = { kind: 'vendor-key-refused', companyId, entity: 'calcom' } as const;
      await raiseAlert(trx, { ...alert, detail: { chain: 'staff-assignment' } });
    }
    await recordAudit(trx, {
      ...{ actor: 'staff-assignment', action: `staff-assignment.${end}`, requestId: null },
      ...{ entity: `staff-assignment/${batchId}`, detail: { ...counts } },
    });
    return { status: end, compareAgain: counts.done > 0 && (await comparedBeside(trx, companyId, since)) };
  });
}

function endOf(
  before: 'running' | 'finished' | 'cancelled' | Stop,
  now: { cancelled: number; stop: Stop | null; pending: number; failed: number },
): Exclude<BatchEnd['status'], 'gone'> {
  const completeness = now.failed > 0 ? 'finished' : 'completed';
  if (before !== 'running') return before === 'finished' ? completeness : before;
  if (now.cancelled > 0) return 'cancelled';
  if (now.pending === 0) return completeness;
  return now.stop ?? 'goes-on';
}

async function cancelPending(trx: Kysely<Database>, batchId: string): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('staff_assignment_items')
    .set({ status: 'cancelled', settled_at: new Date() })
    .where('batch_id', '=', batchId)
    .where('status', '=', 'pending')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function countItems(trx: Kysely<Database>, batchId: string) {
  const { rows } = await sql<Record<'total' | 'done' | 'pending' | 'failed', number>>`
    SELECT count(*)::int AS total, count(*) FILTER (WHERE status = 'done')::int AS done,
      count(*) FILTER (WHERE status = 'pending')::int AS pending, count(*) FILTER (WHERE status = 'failed')::int AS failed
    FROM staff_assignment_items WHERE batch_id = ${batchId}`.execute(trx);
  return rows[0]!;
}

async function comparedBeside(trx: Kysely<Database>, companyId: string, since: Date): Promise<boolean> {
  const beside = await trx
    .selectFrom('calendar_sync_runs')
    .where('company_id', '=', companyId)
    .where('kind', '=', 'event-types')
    .where('started_at', 'is not', null)
    .where((eb) => eb.or([eb('finished_at', 'is', null), eb('finished_at', '>', since)]))
    .select('id')
    .executeTakeFirst();
  return beside !== undefined;
}
