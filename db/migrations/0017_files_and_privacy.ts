import { type Kysely, sql } from 'kysely';

/**
 * What is kept of calls, and for how long. A person who was erased leaves rows without a person: `person_id` is null
 * then, and `erased_at` says since when.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE companies ADD COLUMN retention jsonb NOT NULL DEFAULT '{}';
    COMMENT ON COLUMN companies.retention IS '{recordingsDays, transcriptsDays}; what is not given is the setting';

    ALTER TABLE customers ALTER COLUMN person_id DROP NOT NULL, ADD COLUMN erased_at timestamptz;
    CREATE INDEX customers_by_person ON customers (person_id);

    ALTER TABLE call_users ALTER COLUMN person_id DROP NOT NULL, ADD COLUMN erased_at timestamptz;
    CREATE INDEX call_users_by_person ON call_users (person_id);

    ALTER TABLE calls ALTER COLUMN person_id DROP NOT NULL,
      ADD COLUMN erased_at timestamptz,
      ADD COLUMN refresh_due_at timestamptz,
      ADD COLUMN refreshed_at timestamptz,
      ADD COLUMN refresh_status text
        CHECK (refresh_status IN ('refreshed', 'not-known', 'unavailable', 'past-retention', 'erased')),
      ADD COLUMN recording_status text
        CHECK (recording_status IN ('kept', 'none', 'gone', 'too-large', 'unavailable', 'deleted')),
      ADD COLUMN recording_key text,
      ADD COLUMN recording_type text,
      ADD COLUMN recording_bytes integer,
      ADD COLUMN recording_kept_at timestamptz,
      ADD COLUMN transcript_deleted_at timestamptz;
    COMMENT ON COLUMN calls.recording_bytes IS 'as stored, sealed';
    COMMENT ON COLUMN calls.recording_status IS 'gone: the provider had deleted it; deleted: by us, after its time';
    CREATE INDEX calls_by_person ON calls (person_id);
    CREATE INDEX calls_to_refresh ON calls (refresh_due_at) WHERE refresh_due_at IS NOT NULL;
    CREATE INDEX calls_with_recording ON calls (company_id, created_at) WHERE recording_key IS NOT NULL;
    CREATE INDEX calls_with_transcript ON calls (company_id, created_at)
      WHERE transcript_deleted_at IS NULL AND erased_at IS NULL;
    CREATE INDEX call_attempts_with_transcript ON call_attempts (company_id, created_at)
      WHERE transcript_sealed IS NOT NULL OR analysis_sealed IS NOT NULL OR recording_url_sealed IS NOT NULL;
    -- Events come in the order of their time: this costs nothing when they are stored.
    CREATE INDEX inbox_events_by_age ON inbox_events USING brin (received_at);

    CREATE TABLE legal_holds (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      person_id uuid NOT NULL,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      reference text NOT NULL,
      placed_by text NOT NULL,
      placed_at timestamptz NOT NULL DEFAULT now(),
      released_by text,
      released_at timestamptz
    );
    CREATE UNIQUE INDEX legal_holds_standing ON legal_holds (person_id) WHERE released_at IS NULL;

    CREATE TABLE erased_entities (
      entity text PRIMARY KEY,
      erased_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE erased_entities IS 'workflow ids of erased people: what still comes in about them is not kept';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TABLE erased_entities, legal_holds;
    DROP INDEX inbox_events_by_age, call_attempts_with_transcript, calls_with_transcript, calls_with_recording,
      calls_to_refresh, calls_by_person, call_users_by_person, customers_by_person;
    ALTER TABLE calls DROP COLUMN transcript_deleted_at, DROP COLUMN recording_kept_at, DROP COLUMN recording_bytes,
      DROP COLUMN recording_type, DROP COLUMN recording_key, DROP COLUMN recording_status, DROP COLUMN refresh_status,
      DROP COLUMN refreshed_at, DROP COLUMN refresh_due_at, DROP COLUMN erased_at;
    -- Rows without a person cannot be told from others any more; they had nothing to tell.
    ALTER TABLE call_users DROP COLUMN erased_at;
    ALTER TABLE customers DROP COLUMN erased_at;
    ALTER TABLE companies DROP COLUMN retention;
  `.execute(db);
}
