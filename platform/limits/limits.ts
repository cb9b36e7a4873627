import type pg from 'pg';
import {
  acquireLeaseRow,
  PERMIT_GRACE_MS,
  permitPadMs,
  pruneLimitRows,
  releaseLeaseRow,
  renewLeaseRow,
  takePermitRow,
} from '../../db/limits.ts';

/** The longest window is a day (50 SMS per day and customer). */
const MAX_WINDOW_MS = 24 * 60 * 60_000;

/** `retryAtMs` is by the database's clock; `retryInMs` is the same moment for clocks that differ from it. */
export type Permit = { granted: true } | { granted: false; retryAtMs: number; retryInMs: number };

/** A refused lease says when the next one surely ends; it may well be free before. */
export type Lease =
  | { granted: true; expiresAtMs: number }
  | { granted: false; retryAtMs: number; retryInMs: number };

export interface Limits {
  /**
   * Takes one of `permits` in any window of `windowMs`. A denied holder has a place reserved at `retryAtMs`:
   * asking before it gives the same time, asking within 1 s after it is granted (or, when others of its
   * window were late, a moment later), asking later starts anew. Every grant counts, also a second one of
   * the same holder.
   */
  takePermit(request: { key: string; permits: number; windowMs: number; holder: string }): Promise<Permit>;
  /** Takes or extends one of `max` places of a scope; it ends by itself after `ttlMs`. */
  acquireLease(request: { scope: string; max: number; holder: string; ttlMs: number }): Promise<Lease>;
  /** False when the lease had run out: stop, someone else may have the place. */
  renew(request: { scope: string; holder: string; ttlMs: number }): Promise<boolean>;
  release(request: { scope: string; holder: string }): Promise<void>;
  /** Removes what is left of keys that nobody asks for any more; returns the number of rows. */
  prune(): Promise<number>;
}

/** Rate and concurrency limits, exact over all processes; one statement each, right before the effect. */
export function createLimits(pool: pg.Pool): Limits {
  return {
    async takePermit({ key, permits, windowMs, holder }) {
      requirePositive({ permits, windowMs });
      if (windowMs > MAX_WINDOW_MS) {
        throw new RangeError(`windowMs must be at most ${MAX_WINDOW_MS}, got ${windowMs}`);
      }
      const turn = await takePermitRow(pool, {
        key,
        permits,
        windowMs,
        holder,
        graceMs: PERMIT_GRACE_MS,
        padMs: permitPadMs(windowMs),
      });
      return turn.granted ? { granted: true } : refused(turn);
    },
    async acquireLease(request) {
      requirePositive({ max: request.max, ttlMs: request.ttlMs });
      const turn = await acquireLeaseRow(pool, request);
      return turn.granted ? { granted: true, expiresAtMs: turn.atMs } : refused(turn);
    },
    renew: (request) => renewLeaseRow(pool, request),
    release: (request) => releaseLeaseRow(pool, request),
    prune: () => pruneLimitRows(pool, 2 * MAX_WINDOW_MS),
  };
}

const refused = ({ atMs, waitMs }: { atMs: number; waitMs: number }) => ({
  granted: false as const,
  // A Date cuts the microseconds off: the next whole millisecond is not before the place.
  retryAtMs: atMs + 1,
  retryInMs: waitMs,
});

function requirePositive(values: Record<string, number>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value > 0)) throw new RangeError(`${name} must be positive, got ${value}`);
  }
}
