import { readAttemptToDial } from '../../../db/daily-calls/dial.ts';
import { fileFetchedCall } from '../../../db/phone-desk/call/call-events.ts';
import type { Deps } from '../../../platform/deps.ts';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';

/** Asks the provider what became of a call and files the answer beside what it sent by itself. */
export async function fetchReport(deps: Deps, attemptId: string): Promise<void> {
  const attempt = await readAttemptToDial(deps.db, deps.vault, attemptId);
  if (!attempt?.phone) return;
  const provider = deps.dialers[attempt.provider];
  if (!provider.capabilities.canPoll) return;
  const providerCallId =
    attempt.providerCallId ??
    (await provider.findByAttempt({ attemptId, to: attempt.phone, dialledAfter: attempt.createdAt }))
      ?.providerCallId;
  if (!providerCallId) return;
  await fileFetchedCall(deps.db, deps.vault, {
    source: attempt.provider,
    entity: dailyCallWorkflowId(attempt.userId, attempt.localDate),
    eventKey: `fetched:${attemptId}:${deps.clock().getTime()}`,
    body: await provider.fetchCall(providerCallId),
  });
}
