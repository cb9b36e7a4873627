import { type Kysely, sql } from 'kysely';

/** Numbers that want no SMS about daily calls: their people are not customers, whom `channel_blocks` is about. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE sms_opt_outs (
      phone_index bytea NOT NULL,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      source text NOT NULL CHECK (source IN ('word', 'vendor')),
      code text,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (phone_index, company_id)
    );
    COMMENT ON COLUMN sms_opt_outs.phone_index IS 'blind index of the number, as in do_not_call';
    COMMENT ON COLUMN sms_opt_outs.code IS 'what the provider said';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE sms_opt_outs`.execute(db);
}
