import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Connection } from '../../../db/connect.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import { createHandOver } from '../../../platform/inbox/hand-over.ts';
import { createInbox, type Inbox } from '../../../platform/inbox/inbox.ts';
import { createSweeper } from '../../../platform/inbox/sweeper.ts';
import { eventually, incoming, openDatabase, silent, vault } from './fixture.ts';

let database: Connection;
let inbox: Inbox;
beforeAll(async () => {
  database = await openDatabase();
  inbox = createInbox({ pool: database.pool, vault, log: silent });
});
afterAll(() => database.close());
beforeEach(() => database.db.deleteFrom('inbox_events').execute());

async function store(entity: string, eventType = 'call_ended', companyId: string | null = null) {
  const event = incoming({ entity, eventType, companyId, eventKey: `${eventType}:${crypto.randomUUID()}` });
  const { id } = await inbox.accept(event);
  const { source, requestId, traceParent } = event;
  return { id, source, eventType, entity, companyId, requestId, traceParent } satisfies InboxEvent;
}

const statuses = async () => {
  const rows = await database.db.selectFrom('inbox_events').select('status').orderBy('id').execute();
  return rows.map(({ status }) => status);
};

/** A delivery that ends when it is told to. */
function heldDelivery() {
  const given: InboxEvent[] = [];
  const release: (() => void)[] = [];
  const deliver = (event: InboxEvent) => {
    given.push(event);
    return new Promise<void>((resolve) => release.push(resolve));
  };
  return { given, release, deliver };
}

it('makes one delivery of what gathers for an entity, and none beside another of that entity', async () => {
  const { given, release, deliver } = heldDelivery();
  const handOver = createHandOver({ pool: database.pool, deliver, log: silent });
  const companyId = crypto.randomUUID();
  handOver.offer(await store('call/retell/a', 'call_started', companyId));
  handOver.offer(await store('call/retell/a', 'call_ended', companyId));
  handOver.offer(await store('call/retell/a', 'call_analyzed'));
  handOver.offer(await store('call/retell/b'));
  expect(given.map(({ entity, eventType }) => `${entity} ${eventType}`)).toEqual([
    'call/retell/a call_started',
    'call/retell/b call_ended',
  ]);
  for (const end of release.splice(0)) end();
  await eventually(() => given.length, 3);
  // The newest, with the company that an earlier one named.
  expect(given[2]).toMatchObject({ eventType: 'call_analyzed', companyId });
  expect(await statuses()).toContain('pending');
  for (const end of release.splice(0)) end();
  await handOver.close();
  expect(await statuses()).toEqual(['done', 'done', 'done', 'done']);
});

it('keeps to its concurrency and leaves the overflow pending', async () => {
  const { given, release, deliver } = heldDelivery();
  const handOver = createHandOver({
    pool: database.pool,
    deliver,
    log: silent,
    concurrency: 2,
    maxWaiting: 1,
  });
  for (const name of ['a', 'b', 'c', 'd']) handOver.offer(await store(`call/retell/${name}`));
  expect(given).toHaveLength(2);
  const closing = handOver.close();
  while (given.length < 3 || release.length > 0) {
    release.shift()?.();
    await sleep(5);
  }
  await closing;
  expect(await statuses()).toEqual(['done', 'done', 'done', 'pending']);
});

it('puts a failed event off for 1, 2, 4 … 60 s and never gives it up', async () => {
  const deliver = () => Promise.reject(Object.assign(new TypeError('Anna, +49 151'), { code: 14 }));
  const handOver = createHandOver({ pool: database.pool, deliver, log: silent });
  const event = await store('call/retell/a');
  const gaps: number[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await handOver.handOver([event]);
    const row = await database.db
      .selectFrom('inbox_events')
      .select(['status', 'attempts', 'last_error', 'next_attempt_at'])
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ status: 'pending', attempts: attempt + 1, last_error: 'TypeError 14' });
    gaps.push(Math.round((row.next_attempt_at.getTime() - Date.now()) / 1_000));
  }
  expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

it('sweeps with several processes: every event once, never two deliveries of an entity at a time', async () => {
  const entities = Array.from({ length: 150 }, (_, index) => `call/retell/${index}`);
  for (const type of ['call_started', 'call_ended', 'call_analyzed']) {
    await Promise.all(entities.map((entity) => store(entity, type)));
  }
  const delivered: InboxEvent[] = [];
  const busy = new Set<string>();
  const deliver = async (event: InboxEvent) => {
    expect(busy.has(event.entity)).toBe(false);
    busy.add(event.entity);
    await sleep(2);
    delivered.push(event);
    busy.delete(event.entity);
  };
  const processes = Array.from({ length: 3 }, () => {
    const handOver = createHandOver({ pool: database.pool, deliver, log: silent });
    return {
      handOver,
      sweeper: createSweeper({ pool: database.pool, handOver, log: silent, intervalMs: 10 }),
    };
  });
  await eventually(async () => (await statuses()).every((status) => status === 'done'), true);
  for (const { sweeper, handOver } of processes) {
    await sweeper.close();
    await handOver.close();
  }
  // The three events of an entity are claimed together, so they are one delivery: that of the newest.
  expect(delivered).toHaveLength(entities.length);
  for (const event of delivered) expect(event.eventType).toBe('call_analyzed');
});

it('leaves an event alone while an earlier one of its entity waits', async () => {
  const first = await store('call/retell/a', 'call_started');
  await store('call/retell/a', 'call_ended');
  await database.db
    .updateTable('inbox_events')
    .set({ next_attempt_at: new Date(Date.now() + 60_000) })
    .where('id', '=', first.id)
    .execute();
  const other = await store('call/retell/b');
  const deliver = vi.fn().mockResolvedValue(undefined);
  const handOver = createHandOver({ pool: database.pool, deliver, log: silent });
  const sweeper = createSweeper({ pool: database.pool, handOver, log: silent, intervalMs: 10 });
  await eventually(statuses, ['pending', 'pending', 'done']);
  await sweeper.close();
  expect(deliver.mock.calls.map(([event]) => event.id)).toEqual([other.id]);
});

it('goes on sweeping after the database was away', async () => {
  let down = true;
  const pool = Object.create(database.pool);
  pool.query = (...args: unknown[]) =>
    down
      ? Promise.reject(new Error('connection refused'))
      : (database.pool.query as (...given: unknown[]) => unknown).apply(database.pool, args);
  const warn = vi.fn();
  const log = Object.assign(Object.create(silent), { warn });
  const handOver = createHandOver({ pool, deliver: () => Promise.resolve(), log: silent });
  const sweeper = createSweeper({ pool, handOver, log, intervalMs: 5 });
  await store('call/retell/a');
  await sleep(50);
  expect(await statuses()).toEqual(['pending']);
  expect(warn).toHaveBeenCalledTimes(1);
  down = false;
  await eventually(statuses, ['done']);
  await sweeper.close();
});
