import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Company } from '../../../db/companies.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import {
  findUndo,
  insertUndo,
  lockBatch,
  reopenBatch,
  reopenItems,
  requestAssignmentCancel,
} from '../../../db/phone-desk/staff-assignment/staff-assignments.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, notFound } from '../../http-problem.ts';
import { type Acting, fileAct, requireConnection } from './request-batch.ts';

type Locked = NonNullable<Awaited<ReturnType<typeof lockBatch>>>;
type Act = (trx: Kysely<Database>, batch: Locked) => Promise<{ batchId: string; event: InboxEvent | null }>;

/** Locks the batch, acts, and has its run look at it; returns the id of the batch that was acted on. */
async function act(deps: ApiDeps, company: Company, id: string, work: Act): Promise<string> {
  const { batchId, event } = await deps.db.transaction().execute(async (trx) => {
    const batch = await lockBatch(trx, company.id, id);
    if (!batch) throw notFound('batch');
    return work(trx, batch);
  });
  if (event) deps.handOver?.offer(event);
  return batchId;
}

const stillRunning = () =>
  conflict('staff-assignment-running', 'This batch is running: wait for its end, or cancel it first.');

/** What failed is tried again, and what a refused or missing key has left goes on. What is done stays as it is. */
export async function retryBatch(
  deps: ApiDeps,
  company: Company,
  id: string,
  acting: Acting,
): Promise<string> {
  await requireConnection(deps, company.id);
  return act(deps, company, id, async (trx, batch) => {
    if (batch.status === 'running') throw stillRunning();
    if (await findUndo(trx, id)) {
      throw conflict('staff-assignment-undone', 'This batch was taken back: ask for a new one.');
    }
    if ((await reopenItems(trx, id, ['failed'])) === 0) {
      throw conflict('nothing-failed', 'Nothing of this batch has failed.');
    }
    await reopenBatch(trx, id);
    const event = await fileAct(deps, trx, { batchId: id, companyId: company.id, act: 'retry' }, acting);
    return { batchId: id, event };
  });
}

/** Stops before the next event type. It also has a run that was ended from outside tidied up. */
export async function cancelBatch(
  deps: ApiDeps,
  company: Company,
  id: string,
  acting: Acting,
): Promise<string> {
  return act(deps, company, id, async (trx) => {
    if (!(await requestAssignmentCancel(trx, id))) {
      throw conflict('staff-assignment-not-running', 'This batch is not running.');
    }
    const event = await fileAct(deps, trx, { batchId: id, companyId: company.id, act: 'cancel' }, acting);
    return { batchId: id, event };
  });
}

/** Has a batch of its own take back what this one has changed; asked again, it goes on with what failed or was cancelled. */
export async function undoBatch(
  deps: ApiDeps,
  company: Company,
  id: string,
  acting: Acting,
): Promise<string> {
  await requireConnection(deps, company.id);
  return act(deps, company, id, async (trx, batch) => {
    if (batch.undo_of) throw conflict('is-an-undo', 'This batch is an undo itself: ask for a new batch.');
    if (batch.status === 'running') throw stillRunning();
    const before = await findUndo(trx, id);
    const batchId = before?.id ?? randomUUID();
    if (!before) await insertUndo(trx, id, batchId);
    else if (before.status === 'running') return { batchId, event: null };
    else if ((await reopenItems(trx, batchId, ['failed', 'cancelled'])) === 0)
      return { batchId, event: null };
    else await reopenBatch(trx, batchId);
    const event = await fileAct(
      deps,
      trx,
      { batchId, companyId: company.id, act: 'undo', detail: { undoes: id } },
      acting,
    );
    return { batchId, event };
  });
}
