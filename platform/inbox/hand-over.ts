import type pg from 'pg';
import { type InboxEvent, markDone, markFailed } from '../../db/inbox.ts';
import type { Logger } from '../logger.ts';
import { createSharedCommit } from './shared-commit.ts';

/** What is pending for one entity, as one delivery. */
interface Pending {
  events: InboxEvent[];
  settled: (() => void)[];
}

export interface HandOver {
  /** Takes an event if there is room; if not, the sweeper finds it when its time has come. */
  offer(event: InboxEvent): void;
  /** Hands over events (of any entities) and resolves when each is done or put off. */
  handOver(events: readonly InboxEvent[]): Promise<void>;
  /** Finishes what was taken on; later offers stay pending. */
  close(): Promise<void>;
}

/**
 * Brings events to their chain: one delivery at a time per entity, the entities beside each other. What
 * gathers for an entity meanwhile is one delivery, because the run reads its events in the inbox; `deliver`
 * gets the newest of them. Success marks them done, failure puts them off; none is ever given up.
 */
export function createHandOver(options: {
  pool: pg.Pool;
  deliver(event: InboxEvent): Promise<void>;
  log: Logger;
  concurrency?: number;
  maxWaiting?: number;
}): HandOver {
  const { pool, deliver, log, concurrency = 50, maxWaiting = 2_000 } = options;
  /** By entity, in order of arrival. */
  const waiting = new Map<string, Pending>();
  const busy = new Set<string>();
  const running = new Set<Promise<void>>();
  let closing = false;

  const marks = { maxItems: 500, maxInFlight: 1, maxWaiting: 20_000, lingerMs: 10 };
  const done = createSharedCommit<string, void>({
    commit: async (ids) => markDone(pool, ids).then(() => []),
    ...marks,
  });
  const failed = createSharedCommit<{ id: string; error: string }, void>({
    commit: async (entries) => markFailed(pool, entries).then(() => []),
    ...marks,
  });

  const add = (event: InboxEvent, settled?: () => void) => {
    const pending = waiting.get(event.entity) ?? { events: [], settled: [] };
    pending.events.push(event);
    if (settled) pending.settled.push(settled);
    waiting.set(event.entity, pending);
  };

  const pump = () => {
    for (const [entity, pending] of waiting) {
      if (busy.size >= concurrency) return;
      if (busy.has(entity)) continue;
      waiting.delete(entity);
      busy.add(entity);
      const run = deliverPending(entity, pending);
      running.add(run);
      void run.finally(() => running.delete(run));
    }
  };

  const deliverPending = async (entity: string, { events, settled }: Pending) => {
    const reason = await deliver(merge(events)).then(() => null, describe);
    busy.delete(entity);
    pump();
    try {
      if (reason === null) {
        await Promise.all(events.map(({ id }) => done.add(id)));
      } else {
        log.warn({ entity, reason }, 'hand-over failed; it is tried again');
        await Promise.all(events.map(({ id }) => failed.add({ id, error: reason })));
      }
    } catch (error) {
      // The events are still pending: they are handed over once more when their claim has run out.
      log.warn({ entity, reason: describe(error) }, 'hand-over not noted');
    }
    for (const settle of settled) settle();
  };

  return {
    offer(event) {
      if (closing || (waiting.size >= maxWaiting && !waiting.has(event.entity))) return;
      add(event);
      pump();
    },
    async handOver(events) {
      if (closing) return;
      const settled = events.map((event) => new Promise<void>((resolve) => add(event, resolve)));
      pump();
      await Promise.all(settled);
    },
    async close() {
      closing = true;
      while (running.size > 0) await Promise.all(running);
      await Promise.all([done.close(), failed.close()]);
    },
  };
}

/** The newest event; the company of any of them, since not every event of a run names its company. */
function merge(events: InboxEvent[]): InboxEvent {
  const newest = events[events.length - 1] as InboxEvent;
  const companyId = newest.companyId ?? events.find((event) => event.companyId)?.companyId ?? null;
  return { ...newest, companyId };
}

/** Name and code of an error and its causes. Messages may quote a body, so they are left out. */
function describe(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current instanceof Error && parts.length < 4; current = current.cause) {
    const code = (current as { code?: unknown }).code;
    parts.push(code === undefined ? current.name : `${current.name} ${String(code)}`);
  }
  return parts.join(' < ').slice(0, 200) || 'unknown error';
}
