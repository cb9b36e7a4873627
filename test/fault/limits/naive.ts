import type pg from 'pg';
import type { Limits } from '../../../platform/limits/limits.ts';
import type { Places } from '../../../platform/limits/places.ts';

const AGAIN_MS = 20;

/** The mutant: what one would write first. It counts, and when there is room it takes; between the two come others. */
export function countThenTake(pool: pg.Pool): { limits: Pick<Limits, 'takePermit'>; places: Places } {
  const count = async (text: string, values: unknown[]) =>
    (await pool.query<{ n: number }>(text, values)).rows[0]?.n ?? 0;
  const give: Places['give'] = async ({ scope, holder }) => {
    await pool.query('DELETE FROM leases WHERE scope = $1 AND holder = $2', [scope, holder]);
    return [];
  };
  return {
    limits: {
      async takePermit({ key, permits, windowMs, holder }) {
        const used = await count(
          `SELECT count(*)::integer AS n FROM limit_grants
           WHERE limit_key = $1 AND used_at > clock_timestamp() - $2 * interval '1 millisecond'`,
          [key, windowMs],
        );
        if (used >= permits) return { granted: false, retryAtMs: Date.now() + AGAIN_MS, retryInMs: AGAIN_MS };
        await pool.query(
          `INSERT INTO limit_grants (limit_key, holder, granted_at, used_at) VALUES ($1, $2, now(), clock_timestamp())
           ON CONFLICT (limit_key, holder) DO UPDATE SET used_at = excluded.used_at`,
          [key, holder],
        );
        return { granted: true };
      },
    },
    places: {
      give,
      callUp: async () => [],
      async take({ scope, max, holder, ttlMs }) {
        const taken = await count('SELECT count(*)::integer AS n FROM leases WHERE scope = $1', [scope]);
        if (taken >= max) return { granted: false, retryInMs: AGAIN_MS };
        await pool.query(
          `INSERT INTO leases (scope, holder, expires_at)
           VALUES ($1, $2, now() + $3 * interval '1 millisecond') ON CONFLICT DO NOTHING`,
          [scope, holder, ttlMs],
        );
        return { granted: true };
      },
    },
  };
}
