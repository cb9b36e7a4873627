import { type Kysely, sql } from 'kysely';

/**
 * Rate permits and leases, each one statement for its caller and exact over all processes: an advisory lock
 * per key puts the callers of one key in a row, and the clock is the database's.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION take_permit(
      p_key text, p_permits integer, p_window interval, p_grace interval, p_pad interval, p_holder text,
      OUT granted boolean, OUT at timestamptz, OUT wait_ms double precision
    ) LANGUAGE plpgsql AS $$
    DECLARE
      moment timestamptz;
      mine limit_grants%ROWTYPE;
      place timestamptz;
    BEGIN
      PERFORM pg_advisory_xact_lock(1, hashtext(p_key));
      moment := clock_timestamp();

      -- Uses that no window reaches any more, and places whose holders did not come.
      DELETE FROM limit_grants g
        WHERE g.limit_key = p_key
          AND (g.used_at <= moment - p_window OR (g.used_at IS NULL AND g.granted_at < moment - p_grace));

      SELECT * INTO mine FROM limit_grants g WHERE g.limit_key = p_key AND g.holder = p_holder;
      IF mine.used_at IS NOT NULL THEN
        -- A further use by the same holder counts beside its first one.
        UPDATE limit_grants g SET holder = p_holder || '#' || gen_random_uuid()
          WHERE g.limit_key = p_key AND g.holder = p_holder;
        mine.granted_at := NULL;
      END IF;

      IF mine.granted_at > moment THEN
        place := mine.granted_at;
      ELSIF mine.granted_at IS NOT NULL THEN
        -- Its turn has come. Others may have used theirs a little late: the actual uses decide.
        SELECT g.used_at + p_window INTO place FROM limit_grants g
          WHERE g.limit_key = p_key AND g.used_at IS NOT NULL
          ORDER BY g.used_at DESC OFFSET p_permits - 1 LIMIT 1;
      ELSE
        -- Behind everyone who used or reserved a place. A place not yet used may be used a little late.
        SELECT coalesce(g.used_at, g.granted_at + p_pad) + p_window INTO place FROM limit_grants g
          WHERE g.limit_key = p_key
          ORDER BY coalesce(g.used_at, g.granted_at + p_pad) DESC OFFSET p_permits - 1 LIMIT 1;
      END IF;

      granted := place IS NULL OR place <= moment;
      at := greatest(place, moment);
      wait_ms := extract(epoch FROM at - moment) * 1000;
      INSERT INTO limit_grants AS g (limit_key, holder, granted_at, used_at)
        VALUES (p_key, p_holder, at, CASE WHEN granted THEN moment END)
        ON CONFLICT (limit_key, holder)
          DO UPDATE SET granted_at = excluded.granted_at, used_at = excluded.used_at
          WHERE (g.granted_at, g.used_at) IS DISTINCT FROM (excluded.granted_at, excluded.used_at);
    END $$;

    CREATE FUNCTION acquire_lease(
      p_scope text, p_max integer, p_holder text, p_ttl interval,
      OUT granted boolean, OUT at timestamptz, OUT wait_ms double precision
    ) LANGUAGE plpgsql AS $$
    DECLARE
      moment timestamptz;
      others integer;
    BEGIN
      PERFORM pg_advisory_xact_lock(2, hashtext(p_scope));
      moment := clock_timestamp();
      DELETE FROM leases l WHERE l.scope = p_scope AND l.expires_at <= moment;
      SELECT count(*), min(l.expires_at) INTO others, at FROM leases l
        WHERE l.scope = p_scope AND l.holder <> p_holder;
      granted := others < p_max;
      IF granted THEN
        at := moment + p_ttl;
        INSERT INTO leases (scope, holder, expires_at) VALUES (p_scope, p_holder, at)
          ON CONFLICT (scope, holder) DO UPDATE SET expires_at = excluded.expires_at;
      END IF;
      wait_ms := extract(epoch FROM at - moment) * 1000;
    END $$;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP FUNCTION acquire_lease(text, integer, text, interval);
    DROP FUNCTION take_permit(text, integer, interval, interval, interval, text);
  `.execute(db);
}
