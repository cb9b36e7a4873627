import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../../platform/vault.ts';
import type { CompanyRetention } from '../../tables/companies.ts';
import type { Database } from '../../tables/database.ts';
import type { CallRefreshStatus, RecordingStatus } from '../../tables/people.ts';

/** A call as its refresh knows it. */
export interface CallRef {
  callId: string;
  companyId: string;
  vendorCallId: string;
}

/** Who claimed a call and did not finish it within this has died; whoever is next joins its run. */
const LEASE = sql`interval '1 hour'`;

/**
 * Claims calls whose refresh is due. One that is not settled yet is looked at again later, the later the older it is;
 * one in which nothing was said has nothing to be fetched.
 */
export async function claimRefreshes(
  db: Kysely<Database>,
  now: Date,
  limit: number,
): Promise<{ calls: CallRef[]; claimed: number }> {
  const { rows } = await sql<CallRef & { settled: boolean }>`
    WITH due AS (
      SELECT id FROM calls WHERE refresh_due_at <= ${now} ORDER BY refresh_due_at LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    )
    UPDATE calls c SET refresh_due_at = CASE
        WHEN c.settled_at IS NULL
          THEN ${now}::timestamptz + greatest(interval '1 minute', (${now}::timestamptz - c.created_at) / 4)
        WHEN c.duration_ms > 0 OR c.transcript_sealed IS NOT NULL OR c.recording_url_sealed IS NOT NULL
          THEN ${now}::timestamptz + ${LEASE}
      END
    FROM due WHERE c.id = due.id
    RETURNING c.id AS "callId", c.company_id AS "companyId", c.vendor_call_id AS "vendorCallId",
      (c.settled_at IS NOT NULL AND c.refresh_due_at IS NOT NULL) AS settled`.execute(db);
  const calls = rows.filter(({ settled }) => settled).map(({ settled: _, ...call }) => call);
  return { calls, claimed: rows.length };
}

/** What the refresh needs to know of a call, opened; undefined: there is none. */
export async function readCallToRefresh(db: Kysely<Database>, vault: Vault, callId: string) {
  const row = await db
    .selectFrom('calls')
    .innerJoin('companies', 'companies.id', 'calls.company_id')
    .leftJoin('person_keys', 'person_keys.id', 'calls.person_id')
    .where('calls.id', '=', callId)
    .select([
      'calls.id',
      'calls.company_id',
      'calls.person_id',
      'calls.vendor_call_id',
      'calls.created_at',
      'calls.settled_at',
      'calls.erased_at',
      'calls.transcript_deleted_at',
      'calls.recording_status',
      'calls.recording_key',
      'calls.recording_type',
      'calls.recording_url_sealed',
      'companies.retention',
      'person_keys.wrapped_key',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { wrapped_key, recording_url_sealed, ...call } = row;
  const key = wrapped_key && vault.openPersonKey(wrapped_key);
  return {
    ...call,
    recordingUrl: key && recording_url_sealed ? key.open('calls.recording_url', recording_url_sealed) : null,
  };
}

export type CallToRefresh = NonNullable<Awaited<ReturnType<typeof readCallToRefresh>>>;

export interface KeptRecording {
  key: string;
  contentType: string;
  bytes: number;
}

/** The recording is kept under this key. False: the person was erased meanwhile, and it must not be. */
export async function noteRecordingKept(
  db: Kysely<Database>,
  callId: string,
  personId: string,
  { key, contentType, bytes }: KeptRecording,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('calls')
    .set({
      recording_status: 'kept',
      recording_key: key,
      recording_type: contentType,
      recording_bytes: bytes,
      recording_kept_at: new Date(),
    })
    .where('id', '=', callId)
    .where('person_id', '=', personId)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Why there is no recording to keep. */
export async function noteNoRecording(
  db: Kysely<Database>,
  callId: string,
  status: Exclude<RecordingStatus, 'kept' | 'deleted'>,
): Promise<void> {
  await db
    .updateTable('calls')
    .set({ recording_status: status })
    .where('id', '=', callId)
    .where('recording_key', 'is', null)
    .where('erased_at', 'is', null)
    .execute();
}

/** The end of a refresh; nothing more is due. */
export async function closeRefresh(
  db: Kysely<Database>,
  callId: string,
  status: CallRefreshStatus,
): Promise<void> {
  await db
    .updateTable('calls')
    .set({
      refresh_due_at: null,
      refresh_status: status,
      ...(status === 'refreshed' ? { refreshed_at: new Date() } : {}),
    })
    .where('id', '=', callId)
    .execute();
}

/** For how long a company keeps what; null: for ever. */
export function retentionOf(
  own: CompanyRetention,
  settings: { RETENTION_RECORDINGS_DAYS: number; RETENTION_TRANSCRIPTS_DAYS: number },
): { recordingsDays: number | null; transcriptsDays: number | null } {
  const days = (given: number | undefined, setting: number) => (given ?? setting) || null;
  return {
    recordingsDays: days(own.recordingsDays, settings.RETENTION_RECORDINGS_DAYS),
    transcriptsDays: days(own.transcriptsDays, settings.RETENTION_TRANSCRIPTS_DAYS),
  };
}
