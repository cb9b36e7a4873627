import { type Kysely, sql } from 'kysely';

/**
 * Everything that stands before an outside effect in one statement: the claim on the ledger's row, the
 * circuit breaker of the vendor and the rate permit.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The states of a breaker's row: closed "opened = 0"; open "opened > 0" with failures; half-open (a probe is
    -- under way) "opened > 0" without failures, open_until being when the next probe may go. No row: closed.
    CREATE FUNCTION enter_vendor(
      p_breaker text, p_probe interval, p_quota text, p_permits integer, p_window interval, p_grace interval,
      p_pad interval, p_holder text,
      OUT verdict text, OUT wait_ms double precision
    ) LANGUAGE plpgsql AS $$
    DECLARE
      probing boolean := false;
      permit record;
    BEGIN
      verdict := 'go';
      wait_ms := 0;
      PERFORM FROM circuit_breakers b WHERE b.key = p_breaker AND b.opened > 0;
      IF FOUND THEN
        UPDATE circuit_breakers b SET failures = '{}', open_until = clock_timestamp() + p_probe
          WHERE b.key = p_breaker AND b.opened > 0 AND b.open_until <= clock_timestamp();
        probing := FOUND;
        IF NOT probing THEN
          SELECT extract(epoch FROM b.open_until - clock_timestamp()) * 1000 INTO wait_ms
            FROM circuit_breakers b WHERE b.key = p_breaker AND b.opened > 0;
          -- It may have closed in this moment.
          IF FOUND THEN
            verdict := 'circuit-open';
            RETURN;
          END IF;
          wait_ms := 0;
        END IF;
      END IF;
      IF p_quota IS NULL THEN
        RETURN;
      END IF;
      SELECT * INTO permit FROM take_permit(p_quota, p_permits, p_window, p_grace, p_pad, p_holder);
      IF permit.granted THEN
        RETURN;
      END IF;
      verdict := 'rate-limited';
      wait_ms := permit.wait_ms;
      IF probing THEN
        -- Who must wait for a permit is no probe: the next who asks may be one.
        UPDATE circuit_breakers b SET open_until = clock_timestamp() WHERE b.key = p_breaker;
      END IF;
    END $$;

    -- The vendor works: what was counted against it is forgotten, and a probe closes the circuit.
    CREATE FUNCTION vendor_answered(p_breaker text) RETURNS void LANGUAGE sql AS $$
      DELETE FROM circuit_breakers b WHERE b.key = p_breaker AND (b.opened = 0 OR b.failures = '{}');
    $$;

    -- Writes the intent, or takes over an open effect whose lease has ended, and enters for whatever call to
    -- the vendor comes next: a look-up (must_look_up, if the vendor p_can_tell) or the deed (if it p_performs).
    CREATE FUNCTION begin_effect(
      p_key text, p_vendor text, p_operation text, p_company uuid, p_entity text, p_holder uuid,
      p_lease interval, p_trace text, p_can_tell boolean, p_performs boolean,
      p_breaker text, p_probe interval, p_quota text, p_permits integer, p_window interval, p_grace interval,
      p_pad interval,
      OUT status text, OUT claimed boolean, OUT must_look_up boolean, OUT lease_left_ms double precision,
      OUT result jsonb, OUT failure jsonb, OUT verdict text, OUT wait_ms double precision
    ) LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    DECLARE
      entry record;
    BEGIN
      INSERT INTO effects AS e (key, vendor, operation, company_id, entity, status, holder, lease_until, trace_id)
      VALUES (p_key, p_vendor, p_operation, p_company, p_entity, 'intent', p_holder, now() + p_lease, p_trace)
      ON CONFLICT (key) DO UPDATE SET
        holder = CASE WHEN e.status IN ('intent', 'retry') AND e.lease_until <= now() THEN p_holder ELSE e.holder END,
        attempts = CASE WHEN e.status IN ('intent', 'retry') AND e.lease_until <= now() THEN e.attempts + 1 ELSE e.attempts END,
        must_look_up = CASE WHEN e.lease_until <= now() THEN e.status = 'intent' ELSE e.must_look_up END,
        status = CASE WHEN e.status = 'retry' AND e.lease_until <= now() THEN 'intent' ELSE e.status END,
        lease_until = CASE WHEN e.status IN ('intent', 'retry') AND e.lease_until <= now()
          THEN now() + p_lease ELSE e.lease_until END
      RETURNING * INTO entry;
      status := entry.status;
      claimed := entry.holder = p_holder;
      must_look_up := entry.must_look_up;
      lease_left_ms := greatest(0, extract(epoch FROM entry.lease_until - now()) * 1000);
      result := entry.result;
      failure := entry.failure;
      verdict := 'go';
      wait_ms := 0;
      IF NOT claimed OR status <> 'intent' OR NOT (CASE WHEN must_look_up THEN p_can_tell ELSE p_performs END) THEN
        RETURN;
      END IF;
      SELECT v.verdict, v.wait_ms INTO verdict, wait_ms
        FROM enter_vendor(p_breaker, p_probe, p_quota, p_permits, p_window, p_grace, p_pad, p_key) v;
      IF verdict <> 'go' THEN
        -- What may have been performed stays an intent, and has to be looked up next time too.
        UPDATE effects e SET status = CASE WHEN e.must_look_up THEN 'intent' ELSE 'retry' END, lease_until = now(),
            updated_at = now()
          WHERE e.key = p_key;
      END IF;
    END $$;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP FUNCTION begin_effect(text, text, text, uuid, text, uuid, interval, text, boolean, boolean, text, interval,
      text, integer, interval, interval, interval);
    DROP FUNCTION vendor_answered(text);
    DROP FUNCTION enter_vendor(text, interval, text, integer, interval, interval, interval, text);
  `.execute(db);
}
