import { type Kysely, sql } from 'kysely';

/** Companies made and changed by API, and their subscription to what happens in their calendar. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE companies
      ADD COLUMN calcom_webhook_id text,
      ADD COLUMN calcom_webhook_orders integer NOT NULL DEFAULT 0;
    COMMENT ON COLUMN companies.calcom_webhook_orders IS 'settled orders to subscribe; names the next one in the ledger';
    CREATE INDEX companies_by_creation ON companies (created_at DESC, id DESC);

    ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
    ALTER TABLE idempotency_keys ALTER COLUMN company_id DROP NOT NULL;
    ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_once UNIQUE NULLS NOT DISTINCT (company_id, key);
    COMMENT ON COLUMN idempotency_keys.company_id IS 'null: a request of an operator that concerns no company yet';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_once;
    DELETE FROM idempotency_keys WHERE company_id IS NULL;
    ALTER TABLE idempotency_keys ALTER COLUMN company_id SET NOT NULL;
    ALTER TABLE idempotency_keys ADD PRIMARY KEY (company_id, key);
    DROP INDEX companies_by_creation;
    ALTER TABLE companies
      DROP COLUMN calcom_webhook_id,
      DROP COLUMN calcom_webhook_orders;
  `.execute(db);
}
