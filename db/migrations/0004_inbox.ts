import { type Kysely, sql } from 'kysely';

/** Accepted events, before anything is done with them. The body is sealed; `entity` is the workflow id. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE inbox_events (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      source text NOT NULL,
      event_key text NOT NULL,
      event_type text NOT NULL,
      entity text,
      company_id uuid,
      body_sealed bytea NOT NULL,
      status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'ignored', 'failed')),
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz NOT NULL DEFAULT now(),
      last_error text,
      duplicates integer NOT NULL DEFAULT 0,
      request_id text NOT NULL,
      trace_parent text,
      received_at timestamptz NOT NULL DEFAULT now(),
      done_at timestamptz,
      UNIQUE (source, event_key)
    );
    CREATE INDEX inbox_events_pending ON inbox_events (next_attempt_at, id) WHERE status = 'pending';
    CREATE INDEX inbox_events_by_entity ON inbox_events (entity, id);

    CREATE TABLE idempotency_keys (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      key text NOT NULL,
      request_hash bytea NOT NULL,
      response jsonb,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (company_id, key)
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE idempotency_keys, inbox_events;`.execute(db);
}
