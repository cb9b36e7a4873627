import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import {
  countDuplicates,
  findEventIds,
  type InboxEvent,
  insertEvents,
  type NewInboxRow,
  requeueEvent,
} from '../../db/inbox.ts';
import type { Logger } from '../logger.ts';
import type { Vault } from '../vault.ts';
import { createSharedCommit } from './shared-commit.ts';

/** While the process that accepted an event hands it over itself, the sweeper leaves it alone. */
const OWN_HAND_OVER_MS = 10_000;
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;
/** SQLSTATE class. */
const DATA_EXCEPTION = '22';

/** A verified event, as it came in. */
export interface IncomingEvent {
  source: string;
  /** Unique within the source: the same event always has the same key. */
  eventKey: string;
  eventType: string;
  /** The workflow id the event belongs to; null when no chain listens to it. */
  entity: string | null;
  /** Whose event it is, where the entity does not say it: a workflow id, or a sender. */
  about?: string | null;
  companyId: string | null;
  body: Buffer;
  requestId: string;
  traceParent: string | null;
}

/** `duplicate`: the key was stored before, whatever has become of that event since. */
export interface Accepted {
  id: string;
  duplicate: boolean;
}

/** What the storing of one event came to. */
interface Stored extends Accepted {
  pending: boolean;
}

export interface Inbox {
  /** Resolves once the event is committed. Rejects when it could not be stored: never answer 2xx then. */
  accept(event: IncomingEvent): Promise<Accepted>;
  /** Has an event handed over again, whatever became of it. `ignored`: no chain listens to it. */
  replay(id: string): Promise<'replayed' | 'not-found' | 'ignored'>;
  /** Finishes what was taken on; later events are refused. */
  close(): Promise<void>;
}

/**
 * The durable entrance. Concurrent events share a commit; an event counts as done only after its hand-over,
 * so a provider's retry of an event whose first hand-over failed is a duplicate of a pending event.
 * `handOver` is where fresh events go at once; without it the sweeper of another process takes them.
 */
export function createInbox(options: {
  pool: pg.Pool;
  vault: Pick<Vault, 'seal'>;
  log: Logger;
  handOver?: { offer(event: InboxEvent): void };
}): Inbox {
  const { pool, vault, log, handOver } = options;
  const sweepAfterMs = handOver ? OWN_HAND_OVER_MS : 0;

  const commits = createSharedCommit<NewInboxRow, Stored | Error>({
    commit: (rows) => store(pool, rows, sweepAfterMs),
    maxItems: 500,
    maxBytes: MAX_COMMIT_BYTES,
    bytesOf: (row) => row.bodySealed.length,
    maxInFlight: 2,
    maxWaiting: 5_000,
  });
  const duplicates = createSharedCommit<string, void>({
    commit: async (ids) => {
      await countDuplicates(pool, ids);
      return [];
    },
    maxItems: 1_000,
    maxInFlight: 1,
    maxWaiting: 10_000,
    lingerMs: 200,
  });

  return {
    async accept(event) {
      const { body, ...rest } = event;
      const accepted = await commits.add({ ...rest, bodySealed: vault.seal('inbox', body) });
      if (accepted instanceof Error) throw accepted;
      if (accepted.duplicate) {
        duplicates.add(accepted.id).catch((error) => log.warn({ err: error }, 'duplicates not counted'));
      } else if (handOver && accepted.pending && event.entity !== null) {
        const { eventKey: _, body: __, about: ___, ...fresh } = event;
        const { id } = accepted;
        // After the answer to the provider, which the caller writes in this turn of the event loop.
        setImmediate(() => handOver.offer({ ...fresh, id, entity: event.entity as string }));
      }
      return { id: accepted.id, duplicate: accepted.duplicate };
    },
    async replay(id) {
      const found = await requeueEvent(pool, id);
      if (found === null) return 'not-found';
      return found ? 'replayed' : 'ignored';
    },
    async close() {
      await commits.close();
      await duplicates.close();
      // Offers of the last events are made in the next turn of the event loop.
      await nextTurn();
    },
  };
}

const keyOf = (row: { source: string; eventKey: string }) => `${row.source}\0${row.eventKey}`;

/**
 * Stores a batch. A row that PostgreSQL refuses for its data (a NUL in a text) must not take the others of
 * its commit with it: then each goes alone.
 */
async function store(pool: pg.Pool, rows: NewInboxRow[], sweepAfterMs: number): Promise<(Stored | Error)[]> {
  try {
    return await storeTogether(pool, rows, sweepAfterMs);
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
    if (rows.length === 1 || !code.startsWith(DATA_EXCEPTION)) throw error;
    const outcomes: (Stored | Error)[] = [];
    for (const row of rows) {
      outcomes.push(
        await storeTogether(pool, [row], sweepAfterMs).then(([accepted]) => accepted as Stored, toError),
      );
    }
    return outcomes;
  }
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

async function storeTogether(pool: pg.Pool, rows: NewInboxRow[], sweepAfterMs: number): Promise<Stored[]> {
  const fresh = await insertEvents(pool, rows, sweepAfterMs);
  const ids = new Map(fresh.map((row) => [keyOf(row), row.id]));
  const missing = rows.filter((row) => !ids.has(keyOf(row)));
  if (missing.length > 0) {
    for (const row of await findEventIds(pool, missing)) ids.set(keyOf(row), row.id);
  }
  const unclaimed = new Set(fresh.map((row) => row.id));
  const pending = new Set(fresh.filter((row) => row.pending).map((row) => row.id));
  return rows.map((row) => {
    const id = ids.get(keyOf(row));
    if (id === undefined) throw new Error('an event that was stored is gone');
    // The same key twice in one commit: the first is the event, the second its duplicate.
    return { id, duplicate: !unclaimed.delete(id), pending: pending.has(id) };
  });
}
