import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { insertApiEvent } from '../../../db/api-events.ts';
import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import { findIdempotentAnswer, type IdempotentAnswer, takeIdempotencyKey } from '../../../db/idempotency.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import { isConnected } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import { insertAssignments } from '../../../db/phone-desk/staff-assignment/staff-assignments.ts';
import { readAssignable } from '../../../db/phone-desk/staff-assignment/staff-assignments-read.ts';
import type { Database } from '../../../db/tables/database.ts';
import { staffAssignmentWorkflowId } from '../../../shared/ids.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, HttpProblem, invalidRequest } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';
import { problem } from '../../problem.ts';
import { checkAssignments } from './check-assignments.ts';
import type { AssignmentsBody } from './schema.ts';

export interface Acting {
  caller: Caller;
  context: RequestContext;
}

/** Files a batch once per idempotency key and has it carried out; returns its id. */
export async function requestBatch(
  deps: ApiDeps,
  company: Company,
  body: AssignmentsBody,
  key: string,
  acting: Acting,
): Promise<string> {
  const { db, vault } = deps;
  const requestHash = vault.blindIndex('idempotency', JSON.stringify(['staff-assignment', body]));
  const before = await findIdempotentAnswer(db, company.id, key);
  if (before) return sameAnswer(before, requestHash);

  await requireConnection(deps, company.id);
  const checked = checkAssignments(body, await readAssignable(db, company.id));
  if (checked.problems.length > 0) throw invalidRequest(checked.problems);
  const { assignments, exactEventTypes } = checked;
  const batchId = randomUUID();
  const event = await db.transaction().execute(async (trx) => {
    const answer = { requestHash, response: { batchId } };
    if (!(await takeIdempotencyKey(trx, company.id, key, answer))) return null;
    await insertAssignments(trx, { id: batchId, companyId: company.id, exactEventTypes }, assignments);
    return fileAct(
      deps,
      trx,
      { batchId, companyId: company.id, act: 'request', detail: { total: assignments.length } },
      acting,
    );
  });
  if (event) {
    deps.handOver?.offer(event);
    return batchId;
  }
  // Another request took the key between the look-up and the transaction.
  const other = await findIdempotentAnswer(db, company.id, key);
  if (!other) throw new Error('an idempotency key that was taken is gone');
  return sameAnswer(other, requestHash);
}

/** 409 for a company without a calendar. */
export async function requireConnection({ db }: Pick<ApiDeps, 'db'>, companyId: string): Promise<void> {
  if (await isConnected(db, companyId)) return;
  const detail = 'The company has no Cal.com key or is not active; save a key for it first.';
  throw conflict('calendar-not-connected', detail);
}

/** Writes who asked for what, and the event that has the batch's run look at it; to be offered after the transaction. */
export async function fileAct(
  deps: ApiDeps,
  trx: Kysely<Database>,
  what: { batchId: string; companyId: string; act: string; detail?: Record<string, unknown> },
  { caller, context }: Acting,
): Promise<InboxEvent> {
  const { batchId, companyId, act, detail = {} } = what;
  const entity = staffAssignmentWorkflowId(batchId);
  const { requestId } = context;
  await recordAudit(trx, {
    actor: caller.name,
    action: `staff-assignment.${act}`,
    entity,
    requestId,
    detail,
  });
  return insertApiEvent(
    trx,
    deps.vault,
    {
      eventKey: `staff-assignment:${randomUUID()}`,
      eventType: 'staff-assignment.requested',
      entity,
      companyId,
      body: { batchId, companyId },
      ...context,
    },
    sweepAfterMs(deps),
  );
}

function sameAnswer({ requestHash, response }: IdempotentAnswer, hash: Buffer): string {
  if (requestHash.equals(hash)) return String(response.batchId);
  throw new HttpProblem(
    problem(422, 'idempotency-key-reused', 'This Idempotency-Key was used for a request with another body.', [
      { path: 'idempotency-key', message: 'was used before' },
    ]),
  );
}
