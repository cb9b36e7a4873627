import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { CallReport } from '../../shared/daily-calls/providers.ts';
import type { AttemptStatus } from '../../shared/daily-calls/vocabulary.ts';
import type { Alongside } from '../effects.ts';
import { hasBody } from '../inbox-body.ts';
import type { Database } from '../tables/database.ts';
import type { AttemptRow } from './days.ts';

/** Everything that came in about these (`daily-call/…`, `outbound-call/…`), oldest first, opened. */
export async function readReports(
  db: Kysely<Database>,
  vault: Vault,
  entities: string[],
): Promise<{ source: string; body: Buffer; receivedAt: Date }[]> {
  const rows = await db
    .selectFrom('inbox_events')
    .where('entity', 'in', entities)
    .where('source', '<>', 'api')
    .where(hasBody)
    .select(['source', 'body_sealed', 'received_at'])
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    source: row.source,
    body: vault.open('inbox', row.body_sealed),
    receivedAt: row.received_at,
  }));
}

/** Writes what is now known of an attempt; texts are plain here and sealed on the way in. */
export async function saveReport(
  db: Kysely<Database>,
  vault: Vault,
  attempt: AttemptRow,
  status: AttemptStatus,
  report: CallReport,
  receivedAt: Date,
): Promise<void> {
  const person = await db
    .selectFrom('call_users')
    .innerJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .where('call_users.id', '=', attempt.user_id)
    .select('person_keys.wrapped_key')
    .executeTakeFirst();
  const key = person && vault.openPersonKey(person.wrapped_key);
  const seal = (field: string, value: string | null) => (value && key ? key.seal(field, value) : null);
  const ended = hasEnded(status);
  const saysFirst = Boolean(report.transcript?.trim()) && attempt.analysis_status === 'nothing-said';
  // A provider whose clock is ahead of ours does not put a retry off.
  const endedAt = new Date(Math.min(report.endedAt?.getTime() ?? receivedAt.getTime(), receivedAt.getTime()));
  await db
    .updateTable('call_attempts')
    .set((set) => ({
      status,
      provider_call_id: set.fn.coalesce('provider_call_id', sql<string>`${report.providerCallId}`),
      ended_reason: report.endedReason ?? attempt.ended_reason,
      dialled_at: attempt.dialled_at ?? report.startedAt ?? receivedAt,
      ended_at: ended ? (attempt.ended_at ?? endedAt) : null,
      duration_ms: report.durationMs ?? attempt.duration_ms,
      transcript_sealed: seal('call_attempts.transcript', report.transcript) ?? attempt.transcript_sealed,
      recording_url_sealed:
        seal('call_attempts.recording_url', report.recordingUrl) ?? attempt.recording_url_sealed,
      // What comes late is read, too.
      analysis_status: saysFirst ? null : attempt.analysis_status,
      updated_at: new Date(),
    }))
    .where('id', '=', attempt.id)
    .execute();
}

const under = new Set<AttemptStatus>(['planned', 'dialled', 'ringing', 'in-progress']);

/** Whether nothing more is to come of an attempt, but a report that corrects its end. */
export const hasEnded = (status: AttemptStatus): boolean => !under.has(status);

/** The call has been placed; alongside the effect that placed it. A report that came before says more. */
export const attemptDialled = (
  attemptId: string,
  providerCallId: string | null,
  dialledAt: Date,
): Alongside => sql`
  dialled AS (
    UPDATE call_attempts SET status = CASE WHEN status = 'planned' THEN 'dialled' ELSE status END,
      provider_call_id = coalesce(provider_call_id, ${providerCallId}),
      dialled_at = coalesce(dialled_at, ${dialledAt}), updated_at = now()
    WHERE id = ${attemptId}
  )`;

/** Ends an attempt that no provider will report on. */
export async function endAttempt(
  db: Kysely<Database>,
  attemptId: string,
  from: AttemptStatus[],
  status: 'failed' | 'withdrawn' | 'unreported',
  reason: string,
  at: Date,
): Promise<void> {
  await db
    .updateTable('call_attempts')
    .set({ status, ended_reason: reason, ended_at: at, updated_at: new Date() })
    .where('id', '=', attemptId)
    .where('status', 'in', from)
    .execute();
}
