import { type Kysely, sql } from 'kysely';

/** What happens in the calendar without us: bookings of others, moves and cancellations there, who did not come. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE companies ADD COLUMN calcom_webhook_secret_sealed bytea;

    ALTER TABLE appointments ADD COLUMN no_show_at timestamptz;

    ALTER TABLE appointment_requests
      ADD COLUMN source text NOT NULL DEFAULT 'api' CHECK (source IN ('api', 'calendar')),
      ADD COLUMN booking_uid text,
      ADD CHECK ((source = 'calendar') = (booking_uid IS NOT NULL));
    COMMENT ON COLUMN appointment_requests.booking_uid IS 'the booking as it stands in the calendar after the change';
    -- The same change is told by several events and by every sync.
    CREATE UNIQUE INDEX appointment_requests_by_booking ON appointment_requests (appointment_id, kind, booking_uid, starts_at)
      NULLS NOT DISTINCT WHERE source = 'calendar';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE appointment_requests DROP COLUMN booking_uid, DROP COLUMN source;
    ALTER TABLE appointments DROP COLUMN no_show_at;
    ALTER TABLE companies DROP COLUMN calcom_webhook_secret_sealed;
  `.execute(db);
}
