import { type Kysely, sql } from 'kysely';

/** What people ask of their data, and what became of it. Rows are about a person by id only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE erasures (
      id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      person_id uuid NOT NULL,
      subject text NOT NULL CHECK (subject IN ('customer', 'call-user')),
      subject_id uuid NOT NULL,
      reason text NOT NULL,
      requested_by text NOT NULL,
      status text NOT NULL DEFAULT 'accepted'
        CHECK (status IN ('accepted', 'erasing', 'erased', 'partly-erased', 'held')),
      customer_ids uuid[] NOT NULL DEFAULT '{}',
      user_ids uuid[] NOT NULL DEFAULT '{}',
      senders text[] NOT NULL DEFAULT '{}',
      same_number jsonb NOT NULL DEFAULT '[]',
      found jsonb NOT NULL DEFAULT '{}',
      remains jsonb NOT NULL DEFAULT '[]',
      created_at timestamptz NOT NULL DEFAULT now(),
      begun_at timestamptz,
      key_destroyed_at timestamptz,
      verified_at timestamptz,
      finished_at timestamptz
    );
    COMMENT ON COLUMN erasures.senders IS 'under what texts from the person''s numbers are kept; keyed hashes, emptied at the end';
    COMMENT ON COLUMN erasures.same_number IS 'other records of the company with the same number, which stay: [{kind, id}]';
    COMMENT ON COLUMN erasures.found IS 'what was found and destroyed, counted, by place';
    COMMENT ON COLUMN erasures.remains IS 'what only somebody else can destroy: [{vendor, what, ids}]';
    COMMENT ON COLUMN erasures.verified_at IS 'when every place was last looked at and nothing was found';
    CREATE UNIQUE INDEX erasures_under_way ON erasures (person_id) WHERE status IN ('accepted', 'erasing');
    CREATE INDEX erasures_by_company ON erasures (company_id, created_at DESC, id DESC);

    ALTER TABLE inbox_events ADD COLUMN about text;
    COMMENT ON COLUMN inbox_events.about IS 'whose event it is, where the entity does not say it: a workflow id, or a sender';
    UPDATE inbox_events SET about = 'call/retell/' || split_part(event_key, ':', 2)
      WHERE entity IS NULL AND source = 'retell' AND event_type <> 'unparsable';
    UPDATE inbox_events SET about = 'calendar-change/' || split_part(event_key, ':', 1) || '/' || split_part(event_key, ':', 3)
      WHERE entity IS NULL AND source = 'calcom' AND event_type <> 'unparsable';
    CREATE INDEX inbox_events_by_about ON inbox_events (about) WHERE about IS NOT NULL;
    CREATE INDEX inbox_events_nobodys ON inbox_events (id) WHERE entity IS NULL AND about IS NULL;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP INDEX inbox_events_nobodys, inbox_events_by_about;
    ALTER TABLE inbox_events DROP COLUMN about;
    DROP TABLE erasures;
  `.execute(db);
}
