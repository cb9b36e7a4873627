import { randomUUID } from 'node:crypto';
import { insertApiEvent } from '../../../db/api-events.ts';
import { findCallToRefresh } from '../../../db/phone-desk/call/calls.ts';
import { callRefreshWorkflowId } from '../../../shared/ids.ts';
import type { CallRefreshInput } from '../../../workflows/phone-desk/call-refresh/contract.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';

/** Files a wish to read a call at its provider once more. */
export async function requestRefresh(
  deps: ApiDeps,
  caller: Caller,
  id: string,
  context: RequestContext,
): Promise<void> {
  const { db, vault } = deps;
  const call = await findCallToRefresh(db, caller.companyId, id);
  if (!call) throw notFound('call');
  const { callId, companyId, vendorCallId } = call;
  if (call.erasedAt) throw conflict('call-erased', 'The person who called was erased.');
  if (!call.settledAt) {
    throw conflict(
      'call-under-way',
      'The call is not settled yet; until then it is kept up to date by itself.',
    );
  }
  if (call.transcriptDeletedAt) {
    throw conflict('past-retention', 'What was said was deleted after its time; it does not come back.');
  }
  const body: CallRefreshInput = { callId, companyId, vendorCallId };
  const event = await insertApiEvent(
    db,
    vault,
    {
      eventKey: `call-refresh:${randomUUID()}`,
      eventType: 'call.refresh-requested',
      entity: callRefreshWorkflowId(callId),
      companyId,
      body,
      ...context,
    },
    sweepAfterMs(deps),
  );
  deps.handOver?.offer(event);
}
