import { type Kysely, sql } from 'kysely';

/** How the parts are doing, and who was told of which alert. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE health_checks (
      name text PRIMARY KEY,
      owner text NOT NULL,
      status text NOT NULL CHECK (status IN ('up', 'failing', 'down')),
      failures integer NOT NULL DEFAULT 0,
      since timestamptz NOT NULL DEFAULT now(),
      checked_at timestamptz NOT NULL DEFAULT now(),
      last_ok_at timestamptz,
      latency_ms integer,
      detail jsonb NOT NULL DEFAULT '{}'
    );
    COMMENT ON COLUMN health_checks.owner IS 'the chain that looks: heartbeat, smoke-test';
    COMMENT ON COLUMN health_checks.since IS 'when the status became what it is';

    CREATE INDEX failed_runs_by_type ON failed_runs (workflow_type, created_at DESC);
    CREATE INDEX failed_runs_by_time ON failed_runs (created_at DESC);
    CREATE INDEX alerts_by_end ON alerts (cleared_at);

    -- A message about alerts: a mail to one recipient, or one post to a chat. Each channel is told on its own.
    CREATE TABLE alert_notices (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      channel text NOT NULL,
      status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'refused', 'unknown')),
      created_at timestamptz NOT NULL DEFAULT now(),
      done_at timestamptz
    );
    CREATE UNIQUE INDEX alert_notices_pending ON alert_notices (channel) WHERE status = 'pending';
    CREATE INDEX alert_notices_by_time ON alert_notices (channel, created_at DESC);

    CREATE TABLE alert_tellings (
      alert_id uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
      channel text NOT NULL,
      event text NOT NULL CHECK (event IN ('raised', 'cleared')),
      notice_id uuid NOT NULL REFERENCES alert_notices ON DELETE CASCADE,
      PRIMARY KEY (alert_id, channel, event)
    );
    CREATE INDEX alert_tellings_by_notice ON alert_tellings (notice_id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TABLE alert_tellings, alert_notices;
    DROP INDEX alerts_by_end, failed_runs_by_time, failed_runs_by_type;
    DROP TABLE health_checks;
  `.execute(db);
}
