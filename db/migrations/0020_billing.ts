import { type Kysely, sql } from 'kysely';

/** What companies used in a month and were billed for, and the report that tells them of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE companies ADD COLUMN prices jsonb NOT NULL DEFAULT '{}';

    CREATE TABLE billing_runs (
      month text PRIMARY KEY CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'finished', 'cancelled')),
      listed_at timestamptz,
      cancel_requested_at timestamptz,
      first_failed_at timestamptz,
      completed_at timestamptz,
      ended_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON COLUMN billing_runs.listed_at IS 'all companies stand in it: before that it is not finished, however few bills are open';

    CREATE TABLE company_bills (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      month text NOT NULL REFERENCES billing_runs,
      status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'invoiced', 'nothing-due', 'failed', 'cancelled')),
      reason text,
      attempts integer NOT NULL DEFAULT 0,
      usage jsonb,
      lines jsonb,
      currency text,
      total_cents integer,
      stripe_invoice_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (month, company_id)
    );
    COMMENT ON COLUMN company_bills.lines IS 'fixed by the first attempt, so that a repeat bills the same';

    CREATE TABLE monthly_reports (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      month text NOT NULL,
      figures jsonb NOT NULL,
      pdf bytea NOT NULL,
      mail_status text NOT NULL DEFAULT 'pending' CHECK (mail_status IN ('pending', 'sent', 'failed', 'unknown')),
      mail_reason text,
      sent_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (company_id, month)
    );

    CREATE INDEX calls_by_end ON calls (company_id, ended_at);
    CREATE INDEX notifications_by_sending ON notifications (company_id, sent_at);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP INDEX notifications_by_sending, calls_by_end;
    DROP TABLE monthly_reports, company_bills, billing_runs;
    ALTER TABLE companies DROP COLUMN prices;
  `.execute(db);
}
