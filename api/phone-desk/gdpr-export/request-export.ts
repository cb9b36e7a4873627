import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { insertApiEvent } from '../../../db/api-events.ts';
import { recordAudit } from '../../../db/audit.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import { codeHash, newCode } from '../../../db/privacy/export-link.ts';
import {
  fileExport,
  findExport,
  findExportUnderWay,
  readExport,
  renewCode,
} from '../../../db/privacy/exports.ts';
import { isBeingErased, lockPerson, type Subject } from '../../../db/privacy/subjects.ts';
import type { Database } from '../../../db/tables/database.ts';
import { exportWorkflowId } from '../../../shared/ids.ts';
import type { ExportInput } from '../../../workflows/phone-desk/gdpr-export/contract.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, gone, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';

const erased = () => conflict('person-erased', 'The person was erased; nothing is kept of them.');

/** Files a request for a copy. The code is in the answer only. */
export async function requestExport(
  deps: ApiDeps,
  caller: Caller,
  subject: Subject,
  context: RequestContext,
): Promise<{ id: string; code: string; expiresAt: Date }> {
  const { db, vault } = deps;
  const { companyId, personId } = subject;
  if (!personId) throw erased();
  const id = randomUUID();
  const code = newCode();
  const { filed, event } = await db.transaction().execute(async (trx) => {
    if (!(await lockPerson(trx, personId)) || (await isBeingErased(trx, personId))) throw erased();
    const row = await fileExport(trx, subject, personId, {
      id,
      codeHash: codeHash(vault, id, code),
      by: caller.name,
    });
    if (!row) {
      const other = await findExportUnderWay(trx, personId);
      throw conflict('export-under-way', `A copy is being packed: /api/exports/${other?.id}.`);
    }
    await audit(trx, caller, context, 'export.request', subject.id, id);
    return { filed: row, event: await nudge(deps, trx, { exportId: id, companyId }, context) };
  });
  deps.handOver?.offer(event);
  return { id, code, expiresAt: filed.expiresAt };
}

/** A new code for a copy; should its run have broken off, it is started again. */
export async function requestCode(
  deps: ApiDeps,
  caller: Caller,
  id: string,
  context: RequestContext,
): Promise<string> {
  const { db, vault } = deps;
  const known = await findExport(db, caller.companyId, id);
  if (!known) throw notFound('export');
  const code = newCode();
  const event = await db.transaction().execute(async (trx) => {
    if (!(await renewCode(trx, id, codeHash(vault, id, code)))) {
      // It may have ended since it was found.
      const { status } = await readExport(trx, id);
      throw gone(`export-${status}`, 'There is nothing to be fetched any more. Ask for another copy.');
    }
    await audit(trx, caller, context, 'export.code', known.subjectId, id);
    return nudge(deps, trx, { exportId: id, companyId: known.companyId }, context);
  });
  deps.handOver?.offer(event);
  return code;
}

const audit = (
  trx: Kysely<Database>,
  caller: Caller,
  { requestId }: RequestContext,
  action: string,
  entity: string,
  exportId: string,
) => recordAudit(trx, { actor: caller.name, action, entity, requestId, detail: { exportId } });

const nudge = (
  deps: ApiDeps,
  trx: Kysely<Database>,
  body: ExportInput,
  context: RequestContext,
): Promise<InboxEvent> =>
  insertApiEvent(
    trx,
    deps.vault,
    {
      eventKey: `export:${body.exportId}:${randomUUID()}`,
      eventType: 'export.requested',
      entity: exportWorkflowId(body.exportId),
      companyId: body.companyId,
      body,
      ...context,
    },
    sweepAfterMs(deps),
  );
