import { type Kysely, sql } from 'kysely';

/** What operators must know of: one row from the moment it begins until it is over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE alerts (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid REFERENCES companies ON DELETE CASCADE,
      kind text NOT NULL,
      entity text NOT NULL,
      detail jsonb NOT NULL DEFAULT '{}',
      times_seen integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_seen_at timestamptz NOT NULL DEFAULT now(),
      cleared_at timestamptz
    );
    CREATE UNIQUE INDEX alerts_standing ON alerts (kind, company_id, entity) NULLS NOT DISTINCT
      WHERE cleared_at IS NULL;
    CREATE INDEX alerts_by_time ON alerts (created_at DESC, id DESC);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE alerts;`.execute(db);
}
