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
      const { rows } = await pool.query<{ verdict: string; wait_ms: number }>(
        `SELECT * FROM enter_vendor($1, $2 * interval '1 millisecond', NULL, NULL, NULL, NULL, NULL, NULL)`,
        [key, openMs],
      );
      const { verdict, wait_ms } = rows[0]!;
      return verdict === 'circuit-open'
        ? { open: true, retryInMs: Math.max(1, Math.ceil(wait_ms)) }
        : { open: false };
    },
    async success(key) {
      await pool.query('SELECT vendor_answered($1)', [key]);
    },
    async failure(key) {
      await pool.query(failureSql, [key, failures, withinMs, openMs, maxOpenMs]);
    },
  };
}
