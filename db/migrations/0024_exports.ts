import { type Kysely, sql } from 'kysely';

/** Copies of what is kept of a person, for that person. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE gdpr_exports (
      id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      person_id uuid NOT NULL,
      subject text NOT NULL CHECK (subject IN ('customer', 'call-user')),
      subject_id uuid NOT NULL,
      requested_by text NOT NULL,
      status text NOT NULL DEFAULT 'accepted'
        CHECK (status IN ('accepted', 'building', 'ready', 'failed', 'downloaded', 'expired', 'erased')),
      delivery text CHECK (delivery IN ('sent', 'no-address', 'refused', 'not-sent')),
      progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
      contents jsonb,
      failure text,
      file_key text,
      bytes bigint,
      code_hash bytea NOT NULL,
      tries_left smallint NOT NULL,
      opened_at timestamptz,
      expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    );
    COMMENT ON COLUMN gdpr_exports.contents IS 'how much of what is in it';
    COMMENT ON COLUMN gdpr_exports.opened_at IS 'a download has begun: nobody else may begin one';
    CREATE UNIQUE INDEX gdpr_exports_under_way ON gdpr_exports (person_id) WHERE status IN ('accepted', 'building');
    CREATE INDEX gdpr_exports_by_person ON gdpr_exports (person_id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE gdpr_exports;`.execute(db);
}
