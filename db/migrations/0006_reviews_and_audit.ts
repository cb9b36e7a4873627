import { type Kysely, sql } from 'kysely';

/** What waits for a person, what ended badly, and who did what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE reviews (
      id uuid PRIMARY KEY,
      company_id uuid REFERENCES companies ON DELETE CASCADE,
      kind text NOT NULL,
      workflow_id text NOT NULL,
      entity text NOT NULL,
      question jsonb NOT NULL,
      status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'answered', 'expired')),
      answer jsonb,
      answered_by text,
      created_at timestamptz NOT NULL DEFAULT now(),
      answered_at timestamptz,
      due_at timestamptz
    );
    CREATE INDEX reviews_by_company ON reviews (company_id, created_at DESC, id DESC);

    CREATE TABLE failed_runs (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      workflow_type text NOT NULL,
      workflow_id text NOT NULL,
      run_id text NOT NULL UNIQUE,
      task_queue text NOT NULL,
      attempts integer NOT NULL,
      first_error text NOT NULL,
      last_error text NOT NULL,
      tags text[] NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE audit_log (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(),
      actor text NOT NULL,
      action text NOT NULL,
      entity text NOT NULL,
      request_id text,
      detail jsonb NOT NULL DEFAULT '{}'
    );
    CREATE INDEX audit_log_by_entity ON audit_log (entity, id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE audit_log, failed_runs, reviews;`.execute(db);
}
