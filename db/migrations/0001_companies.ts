import { type Kysely, sql } from 'kysely';

/** Businesses, what they offer, who works when, and how their calendar knows them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE EXTENSION IF NOT EXISTS btree_gist;

    CREATE TABLE companies (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      slug text NOT NULL UNIQUE,
      name text NOT NULL,
      time_zone text NOT NULL,
      locale text NOT NULL DEFAULT 'en',
      country text NOT NULL,
      currency text NOT NULL,
      contact_email text NOT NULL,
      active boolean NOT NULL DEFAULT true,
      sms_enabled boolean NOT NULL DEFAULT false,
      calcom_key_sealed bytea,
      limits jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE phone_lines (
      number_e164 text PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      agent_id text NOT NULL UNIQUE
    );

    CREATE TABLE staff (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      name text NOT NULL,
      email text NOT NULL,
      time_zone text NOT NULL,
      active boolean NOT NULL DEFAULT true,
      UNIQUE (company_id, email)
    );

    CREATE TABLE services (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      slug text NOT NULL,
      name text NOT NULL,
      aliases text[] NOT NULL DEFAULT '{}',
      duration_min integer NOT NULL CHECK (duration_min BETWEEN 5 AND 1440),
      buffer_before_min integer NOT NULL DEFAULT 0 CHECK (buffer_before_min >= 0),
      buffer_after_min integer NOT NULL DEFAULT 0 CHECK (buffer_after_min >= 0),
      price_cents integer NOT NULL DEFAULT 0 CHECK (price_cents >= 0),
      active boolean NOT NULL DEFAULT true,
      UNIQUE (company_id, slug)
    );

    CREATE TABLE event_types (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      service_id uuid NOT NULL REFERENCES services ON DELETE CASCADE,
      staff_id uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
      calcom_event_type_id integer NOT NULL,
      active boolean NOT NULL DEFAULT true,
      UNIQUE (service_id, staff_id)
    );

    CREATE TABLE working_hours (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      staff_id uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
      weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
      start_minute smallint NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
      end_minute smallint NOT NULL CHECK (end_minute BETWEEN 1 AND 1440),
      CHECK (start_minute < end_minute)
    );
    CREATE INDEX working_hours_by_staff ON working_hours (staff_id, weekday);

    CREATE TABLE time_off (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      staff_id uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
      during tstzrange NOT NULL
    );
    CREATE INDEX time_off_by_staff ON time_off USING gist (staff_id, during);

    CREATE TABLE api_keys (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid REFERENCES companies ON DELETE CASCADE,
      name text NOT NULL,
      key_hash bytea NOT NULL UNIQUE,
      key_hint text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      revoked_at timestamptz
    );
    COMMENT ON COLUMN api_keys.company_id IS 'null: an operator key, which sees every company';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TABLE api_keys, time_off, working_hours, event_types, services, staff, phone_lines, companies;
  `.execute(db);
}
