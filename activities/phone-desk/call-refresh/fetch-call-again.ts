import { createHash } from 'node:crypto';
import { fileFetchedCall } from '../../../db/phone-desk/call/call-events.ts';
import { readCallToRefresh, retentionOf } from '../../../db/phone-desk/call/call-refresh.ts';
import type { Deps } from '../../../platform/deps.ts';
import { callWorkflowId } from '../../../shared/ids.ts';

const DAY_MS = 86_400_000;

/** `filed`: what the provider knows now is in the inbox, to be folded with what it has told before. */
export type Fetched = 'filed' | 'not-known' | 'past-retention' | 'erased';

/** Reads a call at the provider as it stands now. What was deleted by rule does not come back. */
export async function fetchCallAgain(deps: Deps, callId: string): Promise<Fetched> {
  const call = await readCallToRefresh(deps.db, deps.vault, callId);
  if (!call || call.erased_at) return 'erased';
  if (isPastRetention(deps, call)) return 'past-retention';
  const found = await deps.reads.read({
    vendor: 'retell',
    operation: 'calls.get',
    companyId: call.company_id,
    entity: callId,
    classify: deps.retellFailure,
    ask: () => deps.retell.findCall(call.vendor_call_id),
  });
  if (!found) return 'not-known';
  const body = Buffer.from(JSON.stringify({ event: 'call_fetched', call: found }));
  const digest = createHash('sha256').update(body).digest('hex');
  await fileFetchedCall(deps.db, deps.vault, {
    source: 'retell',
    entity: callWorkflowId('retell', call.vendor_call_id),
    eventKey: `call_fetched:${call.vendor_call_id}:${digest}`,
    body,
  });
  return 'filed';
}

function isPastRetention(
  deps: Deps,
  call: NonNullable<Awaited<ReturnType<typeof readCallToRefresh>>>,
): boolean {
  const { transcriptsDays } = retentionOf(call.retention, deps.env);
  const ageMs = deps.clock().getTime() - call.created_at.getTime();
  return (
    call.transcript_deleted_at !== null || (transcriptsDays !== null && ageMs > transcriptsDays * DAY_MS)
  );
}
