import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { claimDue } from '../../db/inbox.ts';
import type { Logger } from '../logger.ts';
import type { HandOver } from './hand-over.ts';

/** Longer than two rounds of deliveries at their deadlines; a killed sweeper's events wait this long. */
const CLAIM_LEASE_MS = 30_000;
const ENTITIES_PER_CLAIM = 100;

export interface Sweeper {
  /** Ends after the claim that is under way has been handed over. */
  close(): Promise<void>;
}

/**
 * Hands over what is pending and due: events whose process died, whose hand-over failed, or for which there
 * was no room. Looks every `intervalMs`, and at once again while it finds a full claim. Any number of
 * processes may sweep.
 */
export function createSweeper(options: {
  pool: pg.Pool;
  handOver: Pick<HandOver, 'handOver'>;
  log: Logger;
  intervalMs: number;
}): Sweeper {
  const { pool, handOver, log, intervalMs } = options;
  const stop = new AbortController();

  const sweep = async () => {
    const events = await claimDue(pool, { maxEntities: ENTITIES_PER_CLAIM, leaseMs: CLAIM_LEASE_MS });
    await handOver.handOver(events);
    return events.length >= ENTITIES_PER_CLAIM;
  };

  const loop = async () => {
    let reachable = true;
    while (!stop.signal.aborted) {
      let more = false;
      try {
        more = await sweep();
        if (!reachable) log.info('the inbox is swept again');
        reachable = true;
      } catch (error) {
        // Once per outage, not once per look.
        if (reachable) log.warn({ err: error }, 'the inbox cannot be swept');
        reachable = false;
      }
      if (!more) await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
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
