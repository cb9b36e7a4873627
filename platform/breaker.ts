import type pg from 'pg';

export interface BreakerSettings {
  /** Opens after so many failures … */
  failures: number;
  /** … within this time, without a success between them. */
  withinMs: number;
  /** First opening; every failed probe doubles it … */
  openMs: number;
  /** … up to this. */
  maxOpenMs: number;
}

export const breakerDefaults: BreakerSettings = {
  failures: 3,
  withinMs: 600_000,
  openMs: 10_000,
  maxOpenMs: 300_000,
};

export type BreakerState = { open: false } | { open: true; retryInMs: number };

/**
 * Delays calls to a vendor that is down; it never drops one. Shared by all processes. Keys are per vendor and
 * company, so that one company's broken account does not stop the others.
 */
export interface Breaker {
  /** Ask before a call. After an opening exactly one caller, the probe, is let through. */
  check(key: string): Promise<BreakerState>;
  success(key: string): Promise<void>;
  failure(key: string): Promise<void>;
}

/**
 * The states of a row: closed `opened = 0`; open `opened > 0` with failures; half-open (a probe is under way)
 * `opened > 0` without failures, `open_until` being the time after which the next probe may go.
 * No row: closed, nothing recorded.
 *
 * $1 key, $2 milliseconds a probe has. No row: go. One row `(retry_in_ms)`: wait that long.
 */
export const breakerCheckSql = `
  WITH probe AS (
    UPDATE circuit_breakers
    SET failures = '{}', open_until = clock_timestamp() + $2 * interval '1 millisecond'
    WHERE key = $1 AND opened > 0 AND open_until <= clock_timestamp()
    RETURNING key
  )
  SELECT CASE
      WHEN open_until > clock_timestamp() THEN extract(epoch FROM open_until - clock_timestamp()) * 1000
      ELSE $2
    END::double precision AS retry_in_ms
  FROM circuit_breakers
  WHERE key = $1 AND opened > 0 AND NOT EXISTS (SELECT FROM probe)`;

const successSql = `
  DELETE FROM circuit_breakers WHERE key = $1 AND (opened = 0 OR failures = '{}')`;

/** $1 key, $2 failures, $3 withinMs, $4 openMs, $5 maxOpenMs. A failure while open changes nothing. */
const failureSql = `
  INSERT INTO circuit_breakers AS b (key, failures, opened, open_until)
  VALUES ($1, ARRAY[clock_timestamp()], CASE WHEN $2 <= 1 THEN 1 ELSE 0 END,
          CASE WHEN $2 <= 1 THEN clock_timestamp() + $4 * interval '1 millisecond' END)
  ON CONFLICT (key) DO UPDATE SET (failures, opened, open_until) = (
    SELECT n.failures, n.opened,
           CASE WHEN n.opened > b.opened
             THEN clock_timestamp() + least($5, $4 * power(2, least(n.opened, 30) - 1)) * interval '1 millisecond'
             ELSE b.open_until END
    FROM (
      SELECT recent.failures,
             CASE WHEN b.opened > 0 OR cardinality(recent.failures) >= $2 THEN b.opened + 1 ELSE 0 END AS opened
      FROM (
        SELECT array_agg(at ORDER BY at) AS failures
        FROM unnest(b.failures || clock_timestamp()) AS at
        WHERE at > clock_timestamp() - $3 * interval '1 millisecond'
      ) recent
    ) n
  )
  WHERE b.opened = 0 OR b.failures = '{}'`;

/** A circuit breaker over all processes; each call is one statement, and nothing is written while all is well. */
export function createBreaker(pool: pg.Pool, settings: Partial<BreakerSettings> = {}): Breaker {
  const { failures, withinMs, openMs, maxOpenMs } = { ...breakerDefaults, ...settings };
  return {
    async check(key) {
      const { rows } = await pool.query<{ retry_in_ms: number }>(breakerCheckSql, [key, openMs]);
      const [row] = rows;
      return row ? { open: true, retryInMs: Math.max(1, Math.ceil(row.retry_in_ms)) } : { open: false };
    },
    async success(key) {
      await pool.query(successSql, [key]);
    },
    async failure(key) {
      await pool.query(failureSql, [key, failures, withinMs, openMs, maxOpenMs]);
    },
  };
}
