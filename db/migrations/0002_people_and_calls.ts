import { type Kysely, sql } from 'kysely';

/**
 * People and their calls. Columns that end in `_sealed` hold AES-256-GCM under the person's own key:
 * destroying the row in `person_keys` erases the person everywhere, backups included.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE person_keys (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      wrapped_key bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE customers (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      person_id uuid NOT NULL REFERENCES person_keys,
      phone_index bytea,
      phone_sealed bytea,
      name_sealed bytea,
      email_sealed bytea,
      phone_is_mobile boolean NOT NULL DEFAULT false,
      sms_opted_out boolean NOT NULL DEFAULT false,
      time_zone text NOT NULL,
      locale text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (company_id, phone_index)
    );
    CREATE INDEX customers_by_company ON customers (company_id, created_at DESC, id DESC);

    CREATE TABLE calls (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      person_id uuid NOT NULL REFERENCES person_keys,
      customer_id uuid REFERENCES customers,
      vendor text NOT NULL,
      vendor_call_id text NOT NULL,
      agent_id text NOT NULL,
      direction text NOT NULL,
      status text NOT NULL CHECK (status IN ('ongoing', 'ended', 'analyzed')),
      disconnection_reason text,
      started_at timestamptz,
      ended_at timestamptz,
      duration_ms integer,
      from_number_sealed bytea,
      transcript_sealed bytea,
      analysis_sealed bytea,
      recording_url_sealed bytea,
      wish_sealed bytea,
      outcome text,
      outcome_detail jsonb,
      settled_at timestamptz,
      settled_by text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (vendor, vendor_call_id)
    );
    COMMENT ON COLUMN calls.settled_by IS 'run that settled the call: it may say so again, no other may';
    CREATE INDEX calls_by_company ON calls (company_id, created_at DESC, id DESC);
    CREATE INDEX calls_by_customer ON calls (customer_id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE calls, customers, person_keys;`.execute(db);
}
