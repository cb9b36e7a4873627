import { createHash } from 'node:crypto';
import { fileFetchedCall } from '../../../db/phone-desk/call/call-events.ts';
import type { Deps } from '../../../platform/deps.ts';
import { callWorkflowId } from '../../../shared/ids.ts';
import type { CallInput } from '../../../workflows/phone-desk/call/contract.ts';

/**
 * Asks the provider for a call whose events do not come, and files its answer in the inbox beside them.
 * False: the provider does not know the call.
 */
export async function fetchCall(deps: Deps, { vendor, vendorCallId }: CallInput): Promise<boolean> {
  const call = await deps.retell.findCall(vendorCallId);
  if (!call) return false;
  const body = Buffer.from(JSON.stringify({ event: 'call_fetched', call }));
  const digest = createHash('sha256').update(body).digest('hex');
  await fileFetchedCall(deps.db, deps.vault, {
    source: vendor,
    entity: callWorkflowId(vendor, vendorCallId),
    eventKey: `call_fetched:${vendorCallId}:${digest}`,
    body,
  });
  return true;
}
