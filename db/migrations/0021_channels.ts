import { type Kysely, sql } from 'kysely';

/** How customers are reached: channels in order, what blocks one of them, texts of companies, devices for push. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE companies
      ADD COLUMN notify_channels text[] NOT NULL DEFAULT '{email,sms}'
        CHECK (notify_channels <@ '{email,sms,whatsapp,push}' AND cardinality(notify_channels) > 0),
      ADD COLUMN notify_at_once smallint NOT NULL DEFAULT 2 CHECK (notify_at_once BETWEEN 1 AND 4),
      ADD COLUMN sms_sender text,
      ADD COLUMN whatsapp_sender text,
      ADD COLUMN quiet_hours text CHECK (quiet_hours ~ '^\\d\\d:\\d\\d-\\d\\d:\\d\\d$');
    COMMENT ON COLUMN companies.notify_channels IS 'in order; the first notify_at_once of them are used, the others when none of these can be';

    ALTER TABLE customers
      ADD COLUMN notify_channels text[]
        CHECK (notify_channels <@ '{email,sms,whatsapp,push}' AND cardinality(notify_channels) > 0),
      ADD COLUMN quiet_hours text CHECK (quiet_hours = 'none' OR quiet_hours ~ '^\\d\\d:\\d\\d-\\d\\d:\\d\\d$');
    COMMENT ON COLUMN customers.notify_channels IS 'the customer''s own order: one channel, the first that can be used; null: as the company has it';

    CREATE TABLE channel_blocks (
      customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
      channel text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp', 'push')),
      reason text NOT NULL CHECK (reason IN ('opted-out', 'no-reminders', 'bad-address')),
      source text NOT NULL CHECK (source IN ('word', 'link', 'api', 'vendor', 'bounce')),
      code text,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (customer_id, channel, reason)
    );
    INSERT INTO channel_blocks (customer_id, channel, reason, source)
      SELECT id, 'sms', 'opted-out', 'api' FROM customers WHERE sms_opted_out;
    ALTER TABLE customers DROP COLUMN sms_opted_out;

    ALTER TABLE notifications
      DROP CONSTRAINT notifications_channel_check,
      ADD CONSTRAINT notifications_channel_check CHECK (channel IN ('email', 'sms', 'whatsapp', 'push')),
      ADD COLUMN switched_from uuid UNIQUE REFERENCES notifications ON DELETE CASCADE,
      ADD COLUMN held_until timestamptz,
      ADD COLUMN delivery text CHECK (delivery IN ('queued', 'sent', 'delayed', 'delivered', 'read', 'failed')),
      ADD COLUMN delivery_at timestamptz,
      ADD COLUMN delivery_code text;
    COMMENT ON COLUMN notifications.delivery IS 'what the provider has reported since it took the message';

    CREATE TABLE message_templates (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      kind text NOT NULL
        CHECK (kind IN ('confirmation', 'reminder-24h', 'reminder-2h', 'cancellation', 'rescheduled')),
      channel text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp', 'push')),
      language text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
      subject text,
      text text,
      html text,
      content_sid text,
      variables text[],
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (company_id, kind, channel, language)
    );

    CREATE TABLE push_subscriptions (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
      endpoint_index bytea NOT NULL,
      endpoint_sealed bytea NOT NULL,
      keys_sealed bytea NOT NULL,
      expires_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (customer_id, endpoint_index)
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TABLE push_subscriptions, message_templates;
    DELETE FROM notifications WHERE channel IN ('whatsapp', 'push');
    ALTER TABLE notifications
      DROP COLUMN switched_from, DROP COLUMN held_until, DROP COLUMN delivery, DROP COLUMN delivery_at,
      DROP COLUMN delivery_code,
      DROP CONSTRAINT notifications_channel_check,
      ADD CONSTRAINT notifications_channel_check CHECK (channel IN ('email', 'sms'));
    ALTER TABLE customers ADD COLUMN sms_opted_out boolean NOT NULL DEFAULT false;
    UPDATE customers c SET sms_opted_out = true FROM channel_blocks b
      WHERE b.customer_id = c.id AND b.channel = 'sms' AND b.reason = 'opted-out';
    DROP TABLE channel_blocks;
    ALTER TABLE customers DROP COLUMN notify_channels, DROP COLUMN quiet_hours;
    ALTER TABLE companies
      DROP COLUMN notify_channels, DROP COLUMN notify_at_once, DROP COLUMN sms_sender, DROP COLUMN whatsapp_sender,
      DROP COLUMN quiet_hours;
  `.execute(db);
}
