import { type Kysely, sql } from 'kysely';

/**
 * Places on a line, e.g. calls at once: so many in all and so many per group. Who gets none stands in a queue
 * and is called up, in the order of arrival, when a place gets free. One statement each, exact over all
 * processes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE leases ADD COLUMN group_key text;
    CREATE INDEX leases_by_group ON leases (scope, group_key);

    CREATE TABLE place_queue (
      scope text NOT NULL,
      holder text NOT NULL,
      group_key text NOT NULL,
      group_max integer NOT NULL,
      arrived_at timestamptz NOT NULL,
      -- Who does not come when called up, or stops asking, keeps nobody waiting.
      stays_until timestamptz NOT NULL,
      PRIMARY KEY (scope, holder)
    );
    CREATE INDEX place_queue_in_order ON place_queue (scope, arrived_at, holder);

    -- The first of the queue for whom there is room, when "p_free" places are free in all.
    CREATE FUNCTION next_in_queue(p_scope text, p_free integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
      SELECT waiting.holder FROM (
        SELECT q.holder, q.arrived_at, q.group_max,
          row_number() OVER (PARTITION BY q.group_key ORDER BY q.arrived_at, q.holder) AS place_in_group,
          (SELECT count(*) FROM leases l WHERE l.scope = p_scope AND l.group_key = q.group_key) AS group_taken
        FROM place_queue q WHERE q.scope = p_scope
      ) waiting
      WHERE waiting.group_taken + waiting.place_in_group <= waiting.group_max
      ORDER BY waiting.arrived_at, waiting.holder
      LIMIT greatest(p_free, 0);
    $$;

    CREATE FUNCTION take_place(
      p_scope text, p_max integer, p_group text, p_group_max integer, p_holder text, p_ttl interval,
      p_patience interval, OUT granted boolean, OUT wait_ms double precision
    ) LANGUAGE plpgsql AS $$
    DECLARE
      moment timestamptz;
      taken integer;
    BEGIN
      PERFORM pg_advisory_xact_lock(3, hashtext(p_scope));
      moment := clock_timestamp();
      DELETE FROM leases l WHERE l.scope = p_scope AND l.expires_at <= moment;
      DELETE FROM place_queue q WHERE q.scope = p_scope AND q.stays_until <= moment AND q.holder <> p_holder;
      UPDATE leases l SET expires_at = moment + p_ttl WHERE l.scope = p_scope AND l.holder = p_holder;
      IF FOUND THEN
        granted := true;
        wait_ms := 0;
        RETURN;
      END IF;
      INSERT INTO place_queue AS q (scope, holder, group_key, group_max, arrived_at, stays_until)
        VALUES (p_scope, p_holder, p_group, p_group_max, moment, moment + p_patience)
        ON CONFLICT (scope, holder) DO UPDATE SET group_max = excluded.group_max, stays_until = excluded.stays_until;
      SELECT count(*) INTO taken FROM leases l WHERE l.scope = p_scope;
      granted := EXISTS (SELECT FROM next_in_queue(p_scope, p_max - taken) AS next WHERE next = p_holder);
      IF granted THEN
        DELETE FROM place_queue q WHERE q.scope = p_scope AND q.holder = p_holder;
        INSERT INTO leases (scope, holder, group_key, expires_at) VALUES (p_scope, p_holder, p_group, moment + p_ttl);
        wait_ms := 0;
      ELSE
        SELECT extract(epoch FROM least(min(l.expires_at), moment + p_patience / 2) - moment) * 1000 INTO wait_ms
          FROM leases l WHERE l.scope = p_scope;
      END IF;
    END $$;

    -- Gives a place (or one's place in the queue) back; answers who may come now.
    CREATE FUNCTION give_place(p_scope text, p_max integer, p_holder text, p_call_up interval) RETURNS SETOF text
    LANGUAGE plpgsql AS $$
    DECLARE
      taken integer;
    BEGIN
      PERFORM pg_advisory_xact_lock(3, hashtext(p_scope));
      DELETE FROM place_queue q WHERE q.scope = p_scope AND (q.holder = p_holder OR q.stays_until <= clock_timestamp());
      DELETE FROM leases l WHERE l.scope = p_scope AND (l.holder = p_holder OR l.expires_at <= clock_timestamp());
      SELECT count(*) INTO taken FROM leases l WHERE l.scope = p_scope;
      RETURN QUERY
        UPDATE place_queue q SET stays_until = least(q.stays_until, clock_timestamp() + p_call_up)
        WHERE q.scope = p_scope AND q.holder IN (SELECT next_in_queue(p_scope, p_max - taken))
        RETURNING q.holder;
    END $$;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP FUNCTION give_place(text, integer, text, interval);
    DROP FUNCTION take_place(text, integer, text, integer, text, interval, interval);
    DROP FUNCTION next_in_queue(text, integer);
    DROP TABLE place_queue;
    DROP INDEX leases_by_group;
    ALTER TABLE leases DROP COLUMN group_key;
  `.execute(db);
}
