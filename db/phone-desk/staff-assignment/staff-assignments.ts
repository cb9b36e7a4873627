import { type Kysely, sql } from 'kysely';
import type { AssignmentAction } from '../../../shared/phone-desk/assignments.ts';
import type { Database } from '../../tables/database.ts';

export interface NewAssignment {
  staffId: string;
  userId: number;
  eventTypeId: number;
  action: AssignmentAction;
}

/** Files a batch with all that stands on its list, in the caller's transaction. */
export async function insertAssignments(
  trx: Kysely<Database>,
  batch: { id: string; companyId: string; exactEventTypes: number[] },
  assignments: NewAssignment[],
): Promise<void> {
  await trx
    .insertInto('staff_assignments')
    .values({
      id: batch.id,
      company_id: batch.companyId,
      undo_of: null,
      exact_event_types: batch.exactEventTypes,
    })
    .execute();
  const rows = JSON.stringify(
    assignments.map(({ staffId, userId, eventTypeId, action }, index) => ({
      ...{ position: index + 1, staff_id: staffId, user_id: userId, event_type_id: eventTypeId, action },
    })),
  );
  await sql`
    INSERT INTO staff_assignment_items (batch_id, position, staff_id, user_id, event_type_id, action)
    SELECT ${batch.id}, r.* FROM jsonb_to_recordset(${rows}::jsonb)
      AS r (position integer, staff_id uuid, user_id integer, event_type_id integer, action text)`.execute(
    trx,
  );
}

/** A batch that is to be acted on, locked; undefined outside the company. */
export function lockBatch(trx: Kysely<Database>, companyId: string, batchId: string) {
  return trx
    .selectFrom('staff_assignments')
    .where('id', '=', batchId)
    .where('company_id', '=', companyId)
    .select(['id', 'status', 'undo_of'])
    .forUpdate()
    .executeTakeFirst();
}

/** The batch that takes back what this one has changed; undefined: nobody has asked for it. */
export function findUndo(db: Kysely<Database>, batchId: string) {
  return db
    .selectFrom('staff_assignments')
    .where('undo_of', '=', batchId)
    .select(['id', 'status'])
    .executeTakeFirst();
}

/** What failed is pending once more (for an undo: what was cancelled, too); returns how many are pending now. */
export async function reopenItems(
  trx: Kysely<Database>,
  batchId: string,
  from: ('failed' | 'cancelled')[],
): Promise<number> {
  await trx
    .updateTable('staff_assignment_items')
    .set({ status: 'pending', reason: null, settled_at: null })
    .where('batch_id', '=', batchId)
    .where('status', 'in', from)
    .execute();
  const { pending } = await trx
    .selectFrom('staff_assignment_items')
    .where('batch_id', '=', batchId)
    .where('status', '=', 'pending')
    .select((eb) => eb.fn.countAll<string>().as('pending'))
    .executeTakeFirstOrThrow();
  return Number(pending);
}

/** The batch goes on. */
export async function reopenBatch(trx: Kysely<Database>, batchId: string): Promise<void> {
  await trx
    .updateTable('staff_assignments')
    .set({ status: 'running', cancel_requested_at: null, ended_at: null })
    .where('id', '=', batchId)
    .execute();
}

/** Asks a batch to stop before its next event type. False: it is not running. */
export async function requestAssignmentCancel(db: Kysely<Database>, batchId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('staff_assignments')
    .set({ cancel_requested_at: sql<Date>`coalesce(cancel_requested_at, now())` })
    .where('id', '=', batchId)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Files the undo of a batch: the opposite of all that it has changed, each at the same position. */
export async function insertUndo(trx: Kysely<Database>, batchId: string, undoId: string): Promise<void> {
  await sql`
    INSERT INTO staff_assignments (id, company_id, undo_of)
    SELECT ${undoId}, company_id, id FROM staff_assignments WHERE id = ${batchId}`.execute(trx);
  await sql`
    INSERT INTO staff_assignment_items (batch_id, position, staff_id, user_id, event_type_id, action)
    SELECT ${undoId}, position, staff_id, user_id, event_type_id,
      CASE action WHEN 'assign' THEN 'remove' ELSE 'assign' END
    FROM staff_assignment_items WHERE batch_id = ${batchId} AND status = 'done'`.execute(trx);
}

/** Removes batches that ended long ago, each together with its undo; returns how many. */
export async function pruneAssignments(db: Kysely<Database>, olderThanMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    WITH past AS (SELECT now() - ${olderThanMs} * interval '1 millisecond' AS at)
    DELETE FROM staff_assignments b USING past
    WHERE b.undo_of IS NULL AND b.ended_at < past.at AND NOT EXISTS (
      SELECT FROM staff_assignments u WHERE u.undo_of = b.id AND (u.ended_at IS NULL OR u.ended_at >= past.at)
    )`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
