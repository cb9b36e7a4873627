import { type Kysely, sql } from 'kysely';

/**
 * Daily calls: who is called, when next, what was tried and what came of it. A local day has one row, its
 * attempts one row each; both are unique, so no day and no attempt can happen twice.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE agent_scripts (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      slug text NOT NULL,
      name text NOT NULL,
      questions jsonb NOT NULL DEFAULT '[]',
      active boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (company_id, slug)
    );
    CREATE INDEX agent_scripts_by_creation ON agent_scripts (created_at DESC, id DESC);
    COMMENT ON COLUMN agent_scripts.questions IS 'what the agent asks: [{key, question}]';

    CREATE TABLE script_variants (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      script_id uuid NOT NULL REFERENCES agent_scripts ON DELETE CASCADE,
      name text NOT NULL,
      weight integer NOT NULL DEFAULT 1 CHECK (weight >= 0),
      agent_refs jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (script_id, name)
    );
    COMMENT ON COLUMN script_variants.agent_refs IS 'the agent of each provider: {callkaro, retell, vapi}';

    CREATE TABLE call_users (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      person_id uuid NOT NULL REFERENCES person_keys,
      external_id text,
      name_sealed bytea,
      phone_sealed bytea,
      phone_index bytea,
      email_sealed bytea,
      locale text NOT NULL,
      consent_at timestamptz,

      call_enabled boolean NOT NULL DEFAULT true,
      call_time text NOT NULL,
      local_tz text NOT NULL,
      weekdays smallint[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}',
      window_from text NOT NULL DEFAULT '08:00',
      window_to text NOT NULL DEFAULT '21:00',
      quiet_from text,
      quiet_to text,
      gap text NOT NULL DEFAULT 'shift' CHECK (gap IN ('shift', 'skip')),
      overlap text NOT NULL DEFAULT 'first' CHECK (overlap IN ('first', 'last')),
      max_attempts smallint NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 10),
      retry_delays jsonb NOT NULL DEFAULT '{}',
      provider text NOT NULL DEFAULT 'callkaro',
      script_id uuid REFERENCES agent_scripts ON DELETE SET NULL,
      notify_channels text[] NOT NULL DEFAULT '{}',
      paused boolean NOT NULL DEFAULT false,

      next_call_at timestamptz,
      next_call_date date,
      plan_problem text,
      deleted_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (company_id, external_id)
    );
    COMMENT ON COLUMN call_users.phone_index IS 'blind index of the number, as in do_not_call';
    COMMENT ON COLUMN call_users.call_time IS 'HH:MM on the clock of local_tz, as are the window and the quiet hours';
    COMMENT ON COLUMN call_users.retry_delays IS 'minutes by outcome; null: that outcome is not tried again';
    COMMENT ON COLUMN call_users.plan_problem IS 'why there is no next call';
    CREATE INDEX call_users_due ON call_users (next_call_at) WHERE next_call_at IS NOT NULL;
    CREATE INDEX call_users_by_company ON call_users (company_id, created_at DESC, id DESC);
    CREATE INDEX call_users_by_creation ON call_users (created_at DESC, id DESC);
    CREATE INDEX call_users_by_phone ON call_users (phone_index);

    CREATE TABLE script_assignments (
      user_id uuid NOT NULL REFERENCES call_users ON DELETE CASCADE,
      script_id uuid NOT NULL REFERENCES agent_scripts ON DELETE CASCADE,
      variant_id uuid NOT NULL REFERENCES script_variants ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (user_id, script_id)
    );

    CREATE TABLE do_not_call (
      phone_index bytea NOT NULL,
      company_id uuid REFERENCES companies ON DELETE CASCADE,
      reason text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE NULLS NOT DISTINCT (phone_index, company_id)
    );
    COMMENT ON COLUMN do_not_call.company_id IS 'null: nobody may call this number';

    CREATE TABLE call_pauses (
      company_id uuid REFERENCES companies ON DELETE CASCADE,
      reason text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE NULLS NOT DISTINCT (company_id)
    );
    COMMENT ON COLUMN call_pauses.company_id IS 'null: everything is paused';

    CREATE TABLE daily_calls (
      user_id uuid NOT NULL REFERENCES call_users ON DELETE CASCADE,
      local_date date NOT NULL,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      local_tz text NOT NULL,
      due_at timestamptz NOT NULL,
      status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'ended')),
      outcome text,
      reason text,
      handed_over_at timestamptz,
      ended_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (user_id, local_date)
    );
    COMMENT ON COLUMN daily_calls.due_at IS 'when the next attempt of the day is to be made';
    COMMENT ON COLUMN daily_calls.handed_over_at IS 'null: no run has been started for the day yet';
    CREATE INDEX daily_calls_not_handed_over ON daily_calls (due_at) WHERE handed_over_at IS NULL;
    CREATE INDEX daily_calls_open ON daily_calls (company_id, due_at) WHERE status = 'open';
    CREATE INDEX daily_calls_by_creation ON daily_calls (created_at DESC, user_id DESC);
    CREATE INDEX daily_calls_by_company ON daily_calls (company_id, created_at DESC);

    CREATE TABLE call_attempts (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL,
      local_date date NOT NULL,
      number smallint NOT NULL,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      provider text NOT NULL,
      provider_call_id text,
      variant_id uuid REFERENCES script_variants ON DELETE SET NULL,
      planned_for timestamptz NOT NULL,
      status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'dialled', 'ringing', 'in-progress', 'completed',
        'voicemail', 'no-answer', 'busy', 'failed', 'canceled', 'unreported', 'withdrawn')),
      ended_reason text,
      dialled_at timestamptz,
      ended_at timestamptz,
      duration_ms integer,
      transcript_sealed bytea,
      recording_url_sealed bytea,
      analysis_status text,
      analysis_sealed bytea,
      sentiment text,
      mood text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (user_id, local_date, number),
      FOREIGN KEY (user_id, local_date) REFERENCES daily_calls ON DELETE CASCADE
    );
    COMMENT ON COLUMN call_attempts.status IS 'withdrawn: the last look before dialling said no; unreported: its end never came';
    CREATE UNIQUE INDEX call_attempts_by_provider ON call_attempts (provider, provider_call_id);
    CREATE INDEX call_attempts_by_company ON call_attempts (company_id, dialled_at DESC);

    CREATE TABLE call_notices (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      attempt_id uuid NOT NULL REFERENCES call_attempts ON DELETE CASCADE,
      channel text NOT NULL CHECK (channel IN ('email', 'sms')),
      status text NOT NULL CHECK (status IN ('pending', 'sent', 'failed', 'unknown', 'skipped')),
      reason text,
      vendor_ref text,
      sent_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (attempt_id, channel)
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TABLE call_notices, call_attempts, daily_calls, call_pauses, do_not_call, script_assignments, call_users,
      script_variants, agent_scripts;
  `.execute(db);
}
