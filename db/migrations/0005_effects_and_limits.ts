import { type Kysely, sql } from 'kysely';

/** The effect ledger (one row per outside effect), and the shared counters that bound the effects. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE effects (
      key text PRIMARY KEY,
      vendor text NOT NULL,
      operation text NOT NULL,
      company_id uuid,
      entity text NOT NULL,
      status text NOT NULL CHECK (status IN ('intent', 'retry', 'done', 'refused', 'unknown')),
      holder uuid NOT NULL,
      lease_until timestamptz NOT NULL,
      must_look_up boolean NOT NULL DEFAULT false,
      attempts integer NOT NULL DEFAULT 1,
      result jsonb,
      failure jsonb,
      trace_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX effects_by_entity ON effects (entity);
    CREATE INDEX effects_open ON effects (updated_at) WHERE status IN ('intent', 'retry', 'unknown');
    COMMENT ON COLUMN effects.status IS
      'intent: may have been performed; retry: surely not performed; done; refused by the vendor; unknown: in front of a person';

    CREATE TABLE limit_grants (
      limit_key text NOT NULL,
      holder text NOT NULL,
      granted_at timestamptz NOT NULL,
      used_at timestamptz,
      PRIMARY KEY (limit_key, holder)
    );
    CREATE INDEX limit_grants_by_time ON limit_grants (limit_key, granted_at DESC);

    CREATE TABLE leases (
      scope text NOT NULL,
      holder text NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (scope, holder)
    );

    CREATE TABLE circuit_breakers (
      key text PRIMARY KEY,
      failures timestamptz[] NOT NULL DEFAULT '{}',
      opened integer NOT NULL DEFAULT 0,
      open_until timestamptz
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE circuit_breakers, leases, limit_grants, effects;`.execute(db);
}
