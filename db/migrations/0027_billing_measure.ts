import { type Kysely, sql } from 'kysely';

/** Between which moments a bill was measured, which draft at Stripe stands for it, and that its end was told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE company_bills
      ADD COLUMN draft_number integer NOT NULL DEFAULT 1,
      ADD COLUMN measured_from timestamptz,
      ADD COLUMN measured_to timestamptz;
    COMMENT ON COLUMN company_bills.draft_number IS 'the next one is made when the draft before was deleted at Stripe';
    COMMENT ON COLUMN company_bills.measured_to IS 'where the next month begins, also when the company has moved to another zone';
    ALTER TABLE billing_runs ADD COLUMN end_told_at timestamptz;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE billing_runs DROP COLUMN end_told_at;
    ALTER TABLE company_bills DROP COLUMN draft_number, DROP COLUMN measured_from, DROP COLUMN measured_to;
  `.execute(db);
}
