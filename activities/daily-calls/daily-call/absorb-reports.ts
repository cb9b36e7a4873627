import type { Kysely } from 'kysely';
import { type AttemptRow, attemptsOf } from '../../../db/daily-calls/days.ts';
import { hasEnded, readReports, saveReport } from '../../../db/daily-calls/reports.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { Deps } from '../../../platform/deps.ts';
import { mergeStatus } from '../../../shared/daily-calls/attempt-status.ts';
import { isCallProvider } from '../../../shared/daily-calls/providers.ts';
import { dailyCallWorkflowId, outboundCallEntity } from '../../../shared/ids.ts';

/**
 * Brings the attempts of a day up to everything the providers have said about them. Reading all reports each time
 * makes order and repetition meaningless. Returns the attempts as they now stand.
 */
export async function absorbReports(
  deps: Deps,
  trx: Kysely<Database>,
  userId: string,
  localDate: string,
): Promise<AttemptRow[]> {
  const attempts = await attemptsOf(trx, userId, localDate);
  if (attempts.length === 0) return attempts;
  const entities = attempts.flatMap(({ provider, provider_call_id }) =>
    provider_call_id ? [outboundCallEntity(provider, provider_call_id)] : [],
  );
  const day = dailyCallWorkflowId(userId, localDate);
  const reports = await readReports(trx, deps.vault, [day, ...entities]);
  let news = false;
  for (const { source, body, receivedAt } of reports) {
    const report = isCallProvider(source) ? deps.readCallReport(source, body) : null;
    const attempt = report && attempts.find((one) => isAbout(one, source, report));
    if (!report || !attempt) continue;
    const status = mergeStatus(attempt.status, report.status);
    const saysMore = report.transcript !== null && attempt.transcript_sealed === null;
    if (status === attempt.status && !saysMore && attempt.provider_call_id !== null) continue;
    await saveReport(trx, deps.vault, attempt, status, report, receivedAt);
    Object.assign(
      attempt,
      (await attemptsOf(trx, userId, localDate)).find(({ id }) => id === attempt.id),
    );
    // Whatever became of the answer to our call: the provider has placed it.
    if (hasEnded(status)) await deps.effects.happened(trx, `dial:${attempt.id}`);
    news = true;
  }
  return news ? attemptsOf(trx, userId, localDate) : attempts;
}

function isAbout(
  attempt: AttemptRow,
  source: string,
  report: { providerCallId: string | null; metadata: Record<string, string> },
): boolean {
  if (report.metadata.attemptId) return report.metadata.attemptId === attempt.id;
  return (
    attempt.provider === source &&
    attempt.provider_call_id !== null &&
    attempt.provider_call_id === report.providerCallId
  );
}
