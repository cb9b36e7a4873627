import { setTimeout as sleep } from 'node:timers/promises';
import { clearAlert, raiseAlert } from '../db/alerts.ts';
import type { Db } from '../db/connect.ts';
import { lastHeartbeat } from '../db/health.ts';
import { HEARTBEAT, HEARTBEAT_LIMIT_MS } from '../shared/health.ts';
import type { AlertDelivery } from './alert-delivery.ts';
import type { Logger } from './logger.ts';

const INTERVAL_MS = 15_000;

export interface AlertWatch {
  /** Ends after the look that is under way. */
  close(): Promise<void>;
}

/**
 * Watches over who watches: notices, without Temporal and without a worker, that no heartbeat comes, and sends what
 * operators were not told yet. Any number of processes may do it.
 */
export function createAlertWatch(options: {
  db: Db;
  log: Logger;
  delivery: AlertDelivery;
  intervalMs?: number;
  heartbeatLimitMs?: number;
}): AlertWatch {
  const { db, log, delivery, intervalMs = INTERVAL_MS, heartbeatLimitMs = HEARTBEAT_LIMIT_MS } = options;
  const stop = new AbortController();
  const bornAt = performance.now();

  async function lookAtHeartbeat(): Promise<void> {
    const beat = await lastHeartbeat(db);
    // A process that has just begun gives the heartbeat as much time as one that came: all may have been off.
    const silentMs = Math.min(beat?.ageMs ?? Number.POSITIVE_INFINITY, performance.now() - bornAt);
    const alert = { kind: 'heartbeat-missing', companyId: null, entity: HEARTBEAT } as const;
    if (silentMs > heartbeatLimitMs) await raiseAlert(db, { ...alert, detail: { lastAt: beat?.at ?? null } });
    else if (beat && beat.ageMs <= heartbeatLimitMs) await clearAlert(db, alert);
  }

  async function look(): Promise<void> {
    try {
      await lookAtHeartbeat();
      await delivery.deliver();
    } catch (error) {
      log.warn({ err: error }, 'alerts could not be looked after; it is tried again');
    }
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await look();
      await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const running = loop();
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
