import { type Kysely, sql } from 'kysely';

/** What companies pay for the service, as Stripe has it, and what follows for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE companies ADD COLUMN suspended_at timestamptz, ADD COLUMN data_kept_until timestamptz;
    COMMENT ON COLUMN companies.suspended_at IS 'its subscription is over: no new bookings; what is booked goes on';

    CREATE TABLE company_subscriptions (
      company_id uuid PRIMARY KEY REFERENCES companies ON DELETE CASCADE,
      customer_number integer NOT NULL DEFAULT 1,
      stripe_customer_id text UNIQUE,
      stripe_subscription_id text UNIQUE,
      status text NOT NULL DEFAULT 'none',
      currency text,
      price_id text,
      unit_amount_cents integer,
      quantity integer,
      trial_ends_at timestamptz,
      period_starts_at timestamptz,
      period_ends_at timestamptz,
      cancel_at timestamptz,
      ended_at timestamptz,
      dunning_stage text NOT NULL DEFAULT 'none' CHECK (dunning_stage IN ('none', 'first', 'second', 'final')),
      read_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON COLUMN company_subscriptions.customer_number IS 'raised when the customer was deleted at Stripe: the next one is another';
    COMMENT ON COLUMN company_subscriptions.read_at IS 'when Stripe was asked for what stands here; an older answer writes nothing';

    CREATE TABLE invoices (
      id text PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      subscription_id text,
      number text,
      status text NOT NULL CHECK (status IN ('draft', 'open', 'paid', 'uncollectible', 'void')),
      currency text NOT NULL,
      total_cents integer NOT NULL,
      paid_cents integer NOT NULL,
      remaining_cents integer NOT NULL,
      refunded_cents integer NOT NULL,
      attempts integer NOT NULL,
      next_attempt_at timestamptz,
      billing_reason text,
      payment_intent_id text,
      hosted_url text,
      pdf_url text,
      odd_currency boolean NOT NULL,
      created_at timestamptz NOT NULL,
      paid_at timestamptz
    );
    CREATE INDEX invoices_by_company ON invoices (company_id, created_at DESC, id DESC);
    COMMENT ON COLUMN invoices.odd_currency IS 'not the currency of the company: it is not counted, and an operator is told';

    CREATE TABLE subscription_requests (
      id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      kind text NOT NULL CHECK (kind IN ('cancel', 'refund')),
      invoice_id text REFERENCES invoices,
      amount_cents integer CHECK (amount_cents > 0),
      status text NOT NULL DEFAULT 'accepted' CHECK (status IN ('accepted', 'done', 'refused')),
      refusal text,
      vendor_ref text,
      requested_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      CHECK ((kind = 'refund') = (invoice_id IS NOT NULL AND amount_cents IS NOT NULL))
    );
    CREATE INDEX subscription_requests_open ON subscription_requests (company_id, created_at)
      WHERE status = 'accepted';
    CREATE INDEX subscription_requests_by_invoice ON subscription_requests (invoice_id);

    CREATE TABLE subscription_notices (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      kind text NOT NULL CHECK (kind IN ('trial-ending', 'payment-failed-first', 'payment-failed-second',
        'payment-failed-final', 'deactivated', 'paid-again')),
      about text NOT NULL,
      invoice_id text REFERENCES invoices,
      status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'sent', 'skipped', 'failed', 'unknown')),
      reason text,
      created_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      UNIQUE (company_id, kind, about)
    );
    COMMENT ON COLUMN subscription_notices.about IS 'what the step belongs to: the same step of the same thing is told once';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TABLE subscription_notices, subscription_requests, invoices, company_subscriptions;
    ALTER TABLE companies DROP COLUMN data_kept_until, DROP COLUMN suspended_at;
  `.execute(db);
}
