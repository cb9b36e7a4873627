import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { insertApiEvent } from '../../../db/api-events.ts';
import { recordAudit } from '../../../db/audit.ts';
import { fileErasure, findErasureOf } from '../../../db/privacy/erasures.ts';
import { reopenErasure } from '../../../db/privacy/finish-erasure.ts';
import { findHold } from '../../../db/privacy/legal-holds.ts';
import { lockPerson, type Subject } from '../../../db/privacy/subjects.ts';
import type { Database } from '../../../db/tables/database.ts';
import { erasureWorkflowId } from '../../../shared/ids.ts';
import type { ErasureInput } from '../../../workflows/phone-desk/gdpr-erasure/contract.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';

/**
 * Files a request to forget a person. Asked again while it is under way it is the same request, whose run is started
 * anew should it have broken off.
 */
export async function requestErasure(
  deps: ApiDeps,
  caller: Caller,
  subject: Subject,
  reason: string,
  context: RequestContext,
): Promise<string> {
  const { id, event } = await deps.db.transaction().execute(async (trx) => {
    const erasureId = await fileOrFind(trx, caller, subject, reason);
    await recordAudit(trx, {
      actor: caller.name,
      action: 'erasure.request',
      entity: subject.id,
      requestId: context.requestId,
      detail: { erasureId, reason },
    });
    const body: ErasureInput = { erasureId, companyId: subject.companyId };
    const filed = await insertApiEvent(
      trx,
      deps.vault,
      {
        eventKey: `erasure:${erasureId}:${randomUUID()}`,
        eventType: 'erasure.requested',
        entity: erasureWorkflowId(erasureId),
        companyId: subject.companyId,
        body,
        ...context,
      },
      sweepAfterMs(deps),
    );
    return { id: erasureId, event: filed };
  });
  deps.handOver?.offer(event);
  return id;
}

async function fileOrFind(
  trx: Kysely<Database>,
  caller: Caller,
  subject: Subject,
  reason: string,
): Promise<string> {
  const { personId } = subject;
  if (!personId || !(await lockPerson(trx, personId))) {
    // The key is destroyed; the run may still have to look again, and to tell vendors.
    const erasure = await findErasureOf(trx, subject.kind, subject.id);
    if (erasure?.status === 'erasing') return erasure.id;
    if (erasure && (await reopenErasure(trx, erasure.id))) return erasure.id;
    const where = erasure ? ` See /api/erasures/${erasure.id}.` : '';
    throw conflict('already-erased', `The person was erased.${where}`);
  }
  const hold = await findHold(trx, personId);
  if (hold) throw conflict('legal-hold', `A legal hold (${hold.id}) keeps this person; release it first.`);
  return fileErasure(trx, subject, personId, { id: randomUUID(), reason, by: caller.name });
}
