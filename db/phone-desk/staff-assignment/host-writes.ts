import { randomUUID } from 'node:crypto';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Host } from '../../../shared/phone-desk/assignments.ts';
import type { Database } from '../../tables/database.ts';
import type { HostChange } from '../../tables/staff-assignments.ts';
import { dropAvailability } from '../availability/availability-cache.ts';
import { offer, restoreOffer, withdrawOffer } from '../event-type-sync/event-type-sync.ts';

/** The event type whose hosts are to be changed. */
export interface HostTarget {
  companyId: string;
  teamId: number;
  eventTypeId: number;
}

/** A turn at the hosts of an event type, and what is written under it. */
export interface HostWrite {
  id: string;
  batchId: string;
  changes: HostChange[] | null;
}

export type Turn =
  /** `left`: an earlier attempt has not closed it; it has to be settled first. */
  { kind: 'fresh' | 'left'; write: HostWrite } | { kind: 'held'; forMs: number };

/** The event type of a batch; undefined: the batch or the event type is gone. */
export function findHostTarget(
  db: Kysely<Database>,
  batchId: string,
  eventTypeId: number,
): Promise<HostTarget | undefined> {
  return db
    .selectFrom('staff_assignments as b')
    .innerJoin('calendar_event_types as t', 't.company_id', 'b.company_id')
    .where('b.id', '=', batchId)
    .where('t.event_type_id', '=', eventTypeId)
    .where('t.team_id', 'is not', null)
    .select(['b.company_id as companyId', 't.team_id as teamId', 't.event_type_id as eventTypeId'])
    .$narrowType<{ teamId: number }>()
    .executeTakeFirst();
}

/**
 * Takes the turn at the hosts of an event type: of several batches one at a time reads, changes and writes them. Another
 * batch whose worker has died is waited for until `holdMs` are over; a repeat of the same batch goes on at once.
 */
export async function takeTurn(
  db: Kysely<Database>,
  { companyId, eventTypeId }: HostTarget,
  batchId: string,
  holdMs: number,
): Promise<Turn> {
  return db.transaction().execute(async (trx): Promise<Turn> => {
    const id = randomUUID();
    const until = sql<Date>`now() + ${holdMs} * interval '1 millisecond'`;
    const fresh = await trx
      .insertInto('host_writes')
      .values({ id, company_id: companyId, event_type_id: eventTypeId, batch_id: batchId, held_until: until })
      .onConflict((conflict) =>
        conflict.columns(['company_id', 'event_type_id']).where('closed_at', 'is', null).doNothing(),
      )
      .returning('id')
      .executeTakeFirst();
    if (fresh) return { kind: 'fresh', write: { id, batchId, changes: null } };
    const open = await trx
      .selectFrom('host_writes')
      .where('company_id', '=', companyId)
      .where('event_type_id', '=', eventTypeId)
      .where('closed_at', 'is', null)
      .select(['id', 'batch_id as batchId', 'changes'])
      .select(sql<number>`greatest(0, extract(epoch FROM held_until - now()) * 1000)::float8`.as('forMs'))
      .forUpdate()
      .executeTakeFirst();
    // It was closed in this moment.
    if (!open) return { kind: 'held', forMs: 0 };
    const { forMs, ...write } = open;
    if (write.batchId !== batchId && forMs > 0) return { kind: 'held', forMs };
    await trx.updateTable('host_writes').set({ held_until: until }).where('id', '=', write.id).execute();
    return { kind: 'left', write };
  });
}

/** What was found out before anything is written. */
export interface HostPlan {
  changes: HostChange[];
  /** The hosts of those who are taken off, as they were. */
  before: Host[];
  settled: { position: number; status: 'unchanged' | 'skipped'; reason: string | null }[];
}

/** Writes down what is about to be written. False: the turn was taken away meanwhile, nothing may be written under it. */
export async function notePlan(
  db: Kysely<Database>,
  { id, batchId }: HostWrite,
  { changes, before, settled }: HostPlan,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('host_writes')
      .set({ changes: JSON.stringify(changes) })
      .where('id', '=', id)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await sql`
      UPDATE staff_assignment_items i SET status = s.status, reason = s.reason, settled_at = now()
      FROM jsonb_to_recordset(${JSON.stringify(settled)}::jsonb) AS s (position integer, status text, reason text)
      WHERE i.batch_id = ${batchId} AND i.position = s.position AND i.status = 'pending'`.execute(trx);
    const planned = changes.map(({ position, userId }) => ({
      position,
      host: before.find((host) => host.userId === userId) ?? null,
    }));
    await sql`
      UPDATE staff_assignment_items i SET write_id = ${id}, host = nullif(c.host, 'null'::jsonb)
      FROM jsonb_to_recordset(${JSON.stringify(planned)}::jsonb) AS c (position integer, host jsonb)
      WHERE i.batch_id = ${batchId} AND i.position = c.position`.execute(trx);
    return true;
  });
}

/** What is true once the calendar has taken a write: whatever became of the batch meanwhile. */
export const writtenAlongside = (writeId: string): RawBuilder<unknown> => sql`written AS (
  UPDATE staff_assignment_items SET status = 'done', reason = NULL, settled_at = coalesce(settled_at, now())
  WHERE write_id = ${writeId} AND status IN ('pending', 'failed', 'cancelled'))`;

/** The turn is over; one under which nothing was written leaves no trace. */
export async function closeWrite(db: Kysely<Database>, writeId: string): Promise<void> {
  await db.deleteFrom('host_writes').where('id', '=', writeId).where('changes', 'is', null).execute();
  await db
    .updateTable('host_writes')
    .set({ closed_at: new Date() })
    .where('id', '=', writeId)
    .where('closed_at', 'is', null)
    .execute();
}

/** Somebody as the calendar shows them, who was asked about. */
export type Person = Pick<HostChange, 'staffId' | 'userId'>;

/**
 * Ends a turn with the hosts as the calendar shows them now: what it says otherwise than was written has failed, and our
 * own side follows, with the free times that were kept of these people.
 */
export async function takeOverHosts(
  db: Kysely<Database>,
  target: HostTarget,
  write: HostWrite,
  hosts: Host[],
  others: Person[],
): Promise<void> {
  const { companyId, eventTypeId } = target;
  await db.transaction().execute(async (trx) => {
    // As a comparison of event types does: the two must not cross.
    await trx.selectFrom('companies').where('id', '=', companyId).select('id').forUpdate().execute();
    for (const change of write.changes ?? []) await noteSeen(trx, write, change, hosts);
    const eventType = await trx
      .updateTable('calendar_event_types')
      .set({ hosts: hosts.map(({ userId }) => userId) })
      .where('company_id', '=', companyId)
      .where('event_type_id', '=', eventTypeId)
      .returning('service_id')
      .executeTakeFirst();
    const people = [...(write.changes ?? []), ...others].sort((a, b) => a.staffId.localeCompare(b.staffId));
    for (const { staffId, userId } of people) {
      const isHost = hosts.some((host) => host.userId === userId);
      await bringInLine(trx, target, eventType?.service_id ?? null, staffId, isHost);
      await dropAvailability(trx, { staffId });
    }
    await closeWrite(trx, write.id);
  });
}

async function noteSeen(
  trx: Kysely<Database>,
  write: HostWrite,
  change: HostChange,
  hosts: Host[],
): Promise<void> {
  const host = hosts.find(({ userId }) => userId === change.userId);
  const item = trx
    .updateTable('staff_assignment_items')
    .where('batch_id', '=', write.batchId)
    .where('position', '=', change.position)
    .where('write_id', '=', write.id);
  if ((host !== undefined) === (change.action === 'assign')) {
    if (host) await item.set({ host: JSON.stringify(host) }).execute();
    return;
  }
  const reason = 'somebody changed the hosts in the calendar at the same moment: look there, then retry';
  await item.set({ status: 'failed', reason, write_id: null }).execute();
}

/** Who hosts an event type offers what it stands for; one that they offer under another event type stays there. */
async function bringInLine(
  trx: Kysely<Database>,
  { companyId, eventTypeId }: HostTarget,
  serviceId: string | null,
  staffId: string,
  isHost: boolean,
): Promise<void> {
  const rows = await trx
    .selectFrom('event_types')
    .where('company_id', '=', companyId)
    .where('staff_id', '=', staffId)
    .select(['id', 'service_id', 'calcom_event_type_id'])
    .execute();
  const here = rows.filter((row) => row.calcom_event_type_id === eventTypeId);
  if (!isHost) for (const { id } of here) await withdrawOffer(trx, id);
  else if (here.length > 0) for (const { id } of here) await restoreOffer(trx, id);
  else if (serviceId && !rows.some((row) => row.service_id === serviceId)) {
    await offer(trx, { companyId, serviceId, staffId, eventTypeId });
  }
}
