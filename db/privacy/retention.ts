import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../tables/database.ts';

/** Whether what a row of `calls` or `call_attempts` holds has had its time; 0 days: it never has. */
const overdue = (
  table: 'calls' | 'call_attempts',
  field: 'recordingsDays' | 'transcriptsDays',
  settingDays: number,
  now: Date,
): RawBuilder<boolean> => {
  const days = sql`coalesce((companies.retention->>${sql.lit(field)})::integer, ${settingDays})`;
  return sql<boolean>`(${days} > 0 AND ${sql.ref(`${table}.created_at`)} < ${now}::timestamptz - make_interval(days => ${days}))`;
};

/** A legal hold keeps everything of a person where it is. */
const notHeld = (personId: string): RawBuilder<boolean> =>
  sql<boolean>`NOT EXISTS (SELECT FROM legal_holds h WHERE h.person_id = ${sql.ref(personId)} AND h.released_at IS NULL)`;

interface OldRecording {
  id: string;
  recording_key: string;
}

/**
 * Recordings that have been kept long enough; for the transaction that deletes them. Their people are locked first and
 * asked for holds then, so that no hold is placed while a file goes.
 */
export async function takeOldRecordings(
  trx: Kysely<Database>,
  settingDays: number,
  now: Date,
  limit: number,
): Promise<OldRecording[]> {
  const old = trx
    .selectFrom('calls')
    .innerJoin('companies', 'companies.id', 'calls.company_id')
    .where('calls.recording_key', 'is not', null)
    .where(overdue('calls', 'recordingsDays', settingDays, now))
    .where(notHeld('calls.person_id'));
  const found = await old.select(['calls.id', 'person_id']).limit(limit).execute();
  if (found.length === 0) return [];
  const people = found.map(({ person_id }) => person_id);
  await sql`SELECT FROM person_keys WHERE id = ANY(${people}::uuid[]) ORDER BY id FOR UPDATE`.execute(trx);
  const ids = found.map(({ id }) => id);
  return old.where('calls.id', 'in', ids).select(['calls.id', 'calls.recording_key']).execute() as Promise<
    OldRecording[]
  >;
}

/** The files are gone; where the provider had them is forgotten, too. */
export async function noteRecordingsDeleted(db: Kysely<Database>, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('calls')
    .set({
      recording_status: 'deleted',
      recording_key: null,
      recording_bytes: null,
      recording_url_sealed: null,
    })
    .where('id', 'in', ids)
    .execute();
}

/** Deletes what was said in calls of the phone desk that are old enough; returns their number. */
export async function deleteOldTranscripts(
  db: Kysely<Database>,
  settingDays: number,
  now: Date,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    UPDATE calls SET transcript_sealed = NULL, analysis_sealed = NULL, wish_sealed = NULL,
      recording_url_sealed = NULL, transcript_deleted_at = ${now}
    WHERE id IN (
      SELECT calls.id FROM calls JOIN companies ON companies.id = calls.company_id
      WHERE calls.transcript_deleted_at IS NULL AND calls.erased_at IS NULL AND calls.settled_at IS NOT NULL
        AND ${overdue('calls', 'transcriptsDays', settingDays, now)} AND ${notHeld('calls.person_id')}
      LIMIT ${limit}
    )`.execute(db);
  return Number(numAffectedRows);
}

/** The same for daily calls. A word for sentiment and mood stays, for the figures. */
export async function deleteOldAttemptTexts(
  db: Kysely<Database>,
  settingDays: number,
  now: Date,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    UPDATE call_attempts SET transcript_sealed = NULL, analysis_sealed = NULL, recording_url_sealed = NULL
    WHERE id IN (
      SELECT call_attempts.id FROM call_attempts
      JOIN companies ON companies.id = call_attempts.company_id
      JOIN call_users ON call_users.id = call_attempts.user_id
      WHERE (transcript_sealed IS NOT NULL OR analysis_sealed IS NOT NULL OR recording_url_sealed IS NOT NULL)
        AND ${overdue('call_attempts', 'transcriptsDays', settingDays, now)} AND ${notHeld('call_users.person_id')}
      LIMIT ${limit}
    )`.execute(db);
  return Number(numAffectedRows);
}

/** Forgets events that were done long ago, but for those of `kept`. What waits to be handed over is never too old. */
export async function deleteOldEvents(
  db: Kysely<Database>,
  { days, kept }: { days: number; kept: string[] },
  now: Date,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    DELETE FROM inbox_events WHERE id IN (
      SELECT id FROM inbox_events
      WHERE received_at < ${now}::timestamptz - make_interval(days => ${days}) AND status IN ('done', 'ignored')
        AND (entity = ANY(${kept}::text[])) IS NOT TRUE AND (about = ANY(${kept}::text[])) IS NOT TRUE
      LIMIT ${limit}
    )`.execute(db);
  return Number(numAffectedRows);
}
