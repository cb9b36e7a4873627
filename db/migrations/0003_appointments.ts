import { type Kysely, sql } from 'kysely';

/**
 * Appointments and what was said about them. `blocked` is the appointment with its buffers (two ranges while it is being moved); the exclusion
 * constraint makes a second appointment of the same staff member in that time impossible, whoever asks.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE appointments (
      id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      customer_id uuid NOT NULL REFERENCES customers,
      staff_id uuid NOT NULL REFERENCES staff,
      service_id uuid NOT NULL REFERENCES services,
      call_id uuid REFERENCES calls,
      source text NOT NULL CHECK (source IN ('call', 'api', 'calcom')),
      status text NOT NULL CHECK (status IN ('held', 'booked', 'released', 'cancelled', 'completed')),
      starts_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL,
      blocked tstzmultirange NOT NULL,
      time_zone text NOT NULL,
      sequence integer NOT NULL DEFAULT 0,
      calcom_event_type_id integer NOT NULL,
      calcom_booking_uid text,
      status_reason text,
      counted_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CHECK (starts_at < ends_at),
      CONSTRAINT appointments_no_overlap
        EXCLUDE USING gist (staff_id WITH =, blocked WITH &&) WHERE (status IN ('held', 'booked'))
    );
    CREATE INDEX appointments_by_company ON appointments (company_id, created_at DESC, id DESC);
    CREATE INDEX appointments_by_customer ON appointments (customer_id);
    CREATE UNIQUE INDEX appointments_by_calcom_uid ON appointments (calcom_booking_uid)
      WHERE calcom_booking_uid IS NOT NULL;
    COMMENT ON COLUMN appointments.sequence IS 'raised by every move; the SEQUENCE of the calendar file (RFC 5545)';

    CREATE TABLE booking_requests (
      appointment_id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      customer_id uuid NOT NULL REFERENCES customers,
      service_id uuid NOT NULL REFERENCES services,
      staff_id uuid REFERENCES staff,
      starts_at timestamptz NOT NULL,
      status text NOT NULL DEFAULT 'accepted',
      detail jsonb,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    );
    COMMENT ON TABLE booking_requests IS 'bookings asked for by API; status is accepted, then a booking end state';

    CREATE TABLE appointment_requests (
      id uuid PRIMARY KEY,
      appointment_id uuid NOT NULL REFERENCES appointments ON DELETE CASCADE,
      kind text NOT NULL CHECK (kind IN ('cancel', 'reschedule')),
      starts_at timestamptz,
      reason text,
      status text NOT NULL DEFAULT 'accepted' CHECK (status IN ('accepted', 'done', 'refused')),
      refusal text,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    );
    CREATE INDEX appointment_requests_open ON appointment_requests (appointment_id, created_at)
      WHERE status = 'accepted';

    CREATE TABLE notifications (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      customer_id uuid NOT NULL REFERENCES customers,
      appointment_id uuid NOT NULL REFERENCES appointments ON DELETE CASCADE,
      kind text NOT NULL
        CHECK (kind IN ('confirmation', 'reminder-24h', 'reminder-2h', 'cancellation', 'rescheduled')),
      channel text NOT NULL CHECK (channel IN ('email', 'sms')),
      sequence integer NOT NULL,
      status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'sent', 'skipped', 'failed', 'unknown')),
      reason text,
      vendor_ref text,
      created_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      UNIQUE (appointment_id, kind, channel, sequence)
    );
    CREATE INDEX notifications_by_company ON notifications (company_id, created_at DESC, id DESC);

    CREATE TABLE booking_statistics (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      local_day date NOT NULL,
      booked integer NOT NULL DEFAULT 0,
      cancelled integer NOT NULL DEFAULT 0,
      revenue_cents bigint NOT NULL DEFAULT 0,
      PRIMARY KEY (company_id, local_day)
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TABLE booking_statistics, notifications, appointment_requests, booking_requests, appointments;
  `.execute(db);
}
