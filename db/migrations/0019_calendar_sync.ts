import { type Kysely, sql } from 'kysely';

/** Comparing companies' calendars with ours: runs, what differed, event types as the calendar has them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE calendar_sync_runs (
      id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      kind text NOT NULL CHECK (kind IN ('bookings', 'event-types')),
      trigger text NOT NULL CHECK (trigger IN ('schedule', 'request')),
      status text NOT NULL CHECK (status IN
        ('requested', 'running', 'synced', 'key-refused', 'postponed', 'not-connected', 'failed')),
      taken_by uuid,
      detail jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      finished_at timestamptz
    );
    COMMENT ON COLUMN calendar_sync_runs.taken_by IS 'made by the run that does it: a repeat finds what it has taken';
    CREATE UNIQUE INDEX calendar_sync_runs_requested ON calendar_sync_runs (company_id, kind)
      WHERE status = 'requested';
    CREATE INDEX calendar_sync_runs_by_company ON calendar_sync_runs (company_id, kind, created_at DESC);
    CREATE INDEX calendar_sync_runs_finished ON calendar_sync_runs (finished_at);

    CREATE TABLE calendar_watermarks (
      company_id uuid PRIMARY KEY REFERENCES companies ON DELETE CASCADE,
      bookings_until timestamptz NOT NULL
    );
    COMMENT ON COLUMN calendar_watermarks.bookings_until IS
      'changes of bookings up to here are taken over; by the calendar''s clock';

    CREATE TABLE calendar_drifts (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      appointment_id uuid REFERENCES appointments ON DELETE CASCADE,
      booking_uid text NOT NULL,
      kind text NOT NULL,
      here jsonb,
      there jsonb,
      outcome text NOT NULL DEFAULT 'open',
      times_seen integer NOT NULL DEFAULT 1,
      told text CHECK (told IN ('due', 'sent', 'unknown', 'refused')),
      told_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_seen_at timestamptz NOT NULL DEFAULT now(),
      resolved_at timestamptz
    );
    CREATE UNIQUE INDEX calendar_drifts_open ON calendar_drifts (company_id, booking_uid, kind)
      WHERE resolved_at IS NULL;
    CREATE INDEX calendar_drifts_by_company ON calendar_drifts (company_id, created_at DESC, id DESC);
    CREATE INDEX calendar_drifts_by_time ON calendar_drifts (created_at DESC, id DESC);
    CREATE INDEX calendar_drifts_by_appointment ON calendar_drifts (appointment_id);
    CREATE INDEX calendar_drifts_to_tell ON calendar_drifts (company_id) WHERE told = 'due';

    -- Of one staff member's upcoming appointments the calendar is asked company by company.
    CREATE INDEX appointments_standing ON appointments (company_id, starts_at) WHERE status = 'booked';

    -- What was done and stands otherwise again is a new change; what a person has left alone stays left alone.
    DROP INDEX appointment_requests_by_booking;
    CREATE UNIQUE INDEX appointment_requests_by_booking ON appointment_requests (appointment_id, kind, booking_uid, starts_at)
      NULLS NOT DISTINCT WHERE source = 'calendar' AND status <> 'done';

    ALTER TABLE customers ADD COLUMN email_index bytea;
    CREATE INDEX customers_by_email ON customers (company_id, email_index) WHERE email_index IS NOT NULL;
    COMMENT ON COLUMN customers.email_index IS 'blind index of the address in lower case; families share one';

    CREATE TABLE calendar_event_types (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      event_type_id integer NOT NULL,
      slug text NOT NULL,
      title text NOT NULL,
      length_min integer NOT NULL,
      length_options integer[] NOT NULL DEFAULT '{}',
      team_id integer,
      hosts integer[] NOT NULL,
      service_id uuid REFERENCES services ON DELETE SET NULL,
      problem text,
      seen_by uuid NOT NULL,
      seen_at timestamptz NOT NULL DEFAULT now(),
      gone_at timestamptz,
      PRIMARY KEY (company_id, event_type_id)
    );
    COMMENT ON COLUMN calendar_event_types.hosts IS 'user ids of the calendar';
    COMMENT ON COLUMN calendar_event_types.service_id IS 'what it offers here, found out or said by a person';

    CREATE TABLE calendar_members (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      user_id integer NOT NULL,
      email text NOT NULL,
      name text NOT NULL,
      username text NOT NULL,
      organization_id integer,
      is_key_owner boolean NOT NULL,
      seen_by uuid NOT NULL,
      PRIMARY KEY (company_id, user_id)
    );
    COMMENT ON TABLE calendar_members IS 'people of the company as its calendar knows them';

    -- While the calendar's subscription is changed, events come under the old and the new secret.
    ALTER TABLE companies ADD COLUMN calcom_webhook_secret_before_sealed bytea,
      ADD COLUMN calcom_webhook_secret_changed_at timestamptz;

    ALTER TABLE event_types ADD COLUMN gone_at timestamptz;
    COMMENT ON COLUMN event_types.gone_at IS 'the calendar does not offer it (any more); what was switched off by hand has none';
    ALTER TABLE staff ADD COLUMN proposed_at timestamptz;
    COMMENT ON COLUMN staff.proposed_at IS 'found as a host in the calendar; inactive until a person says yes';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE companies DROP COLUMN calcom_webhook_secret_before_sealed,
      DROP COLUMN calcom_webhook_secret_changed_at;
    ALTER TABLE staff DROP COLUMN proposed_at;
    ALTER TABLE event_types DROP COLUMN gone_at;
    DROP TABLE calendar_members, calendar_event_types;
    ALTER TABLE customers DROP COLUMN email_index;
    DROP INDEX appointment_requests_by_booking;
    CREATE UNIQUE INDEX appointment_requests_by_booking ON appointment_requests (appointment_id, kind, booking_uid, starts_at)
      NULLS NOT DISTINCT WHERE source = 'calendar';
    DROP INDEX appointments_standing;
    DROP TABLE calendar_drifts, calendar_watermarks, calendar_sync_runs;
  `.execute(db);
}
