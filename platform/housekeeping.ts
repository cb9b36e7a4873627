import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Db } from '../db/connect.ts';
import { pruneIdempotencyKeys } from '../db/idempotency.ts';
import { pruneAvailability } from '../db/phone-desk/availability/availability-cache.ts';
import { pruneDrifts } from '../db/phone-desk/booking-sync/calendar-drift.ts';
import { pruneSyncRuns } from '../db/phone-desk/booking-sync/sync-runs.ts';
import { pruneAssignments } from '../db/phone-desk/staff-assignment/staff-assignments.ts';
import { createLimits } from './limits/limits.ts';
import type { Logger } from './logger.ts';

const INTERVAL_MS = 60 * 60_000;
/** A client that sends a key again after a day means something new; the API's document says so. */
const IDEMPOTENCY_KEY_LIFE_MS = 24 * 60 * 60_000;

/** Every half hour each company adds one; the newest week says how it goes. */
const SYNC_RUN_LIFE_MS = 7 * 24 * 60 * 60_000;
/** A difference that is over is asked about for a quarter of a year. */
const DRIFT_LIFE_MS = 90 * 24 * 60 * 60_000;
/** As long may a batch be undone. */
const ASSIGNMENT_LIFE_MS = 90 * 24 * 60 * 60_000;

export interface Housekeeping {
  /** Ends after the round that is under way. */
  close(): Promise<void>;
}

/**
 * Removes rows that nothing asks for any more, at start and every hour after the end of the round before.
 * Any number of processes may do it; what fails is logged and done in the next round.
 */
export function createHousekeeping(options: {
  db: Db;
  pool: pg.Pool;
  log: Logger;
  intervalMs?: number;
}): Housekeeping {
  const { db, pool, log, intervalMs = INTERVAL_MS } = options;
  const stop = new AbortController();
  const prunes: Record<string, () => Promise<number>> = {
    limits: () => createLimits(pool).prune(),
    'idempotency keys': () => pruneIdempotencyKeys(db, IDEMPOTENCY_KEY_LIFE_MS),
    availability: () => pruneAvailability(db),
    'calendar comparisons': () => pruneSyncRuns(db, SYNC_RUN_LIFE_MS),
    'calendar drifts': () => pruneDrifts(db, DRIFT_LIFE_MS),
    'staff assignments': () => pruneAssignments(db, ASSIGNMENT_LIFE_MS),
  };

  const round = async () => {
    for (const [what, prune] of Object.entries(prunes)) {
      if (stop.signal.aborted) return;
      try {
        const rows = await prune();
        if (rows > 0) log.info({ what, rows }, 'pruned');
      } catch (error) {
        log.warn({ err: error, what }, 'not pruned; it is tried again in the next round');
      }
    }
  };

  const loop = async () => {
    while (!stop.signal.aborted) {
      await round();
      await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };

  const running = loop();
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
