import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../../db/connect.ts';
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
afterAll(async () => {
  await inbox.close();
  await database.close();
});

const rowOf = (id: string) =>
  database.db.selectFrom('inbox_events').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('accept', () => {
  it('stores the event sealed and pending', async () => {
    const event = incoming({ traceParent: 'a trace', body: Buffer.from('what the caller said') });
    const { id, duplicate } = await inbox.accept(event);
    expect(duplicate).toBe(false);
    const row = await rowOf(id);
    expect(row).toMatchObject({ status: 'pending', entity: event.entity, trace_parent: 'a trace' });
    expect(row.body_sealed.includes('caller')).toBe(false);
    expect(vault.open('inbox', row.body_sealed)).toEqual(event.body);
  });

  it('answers a repeated key with the first event and counts it', async () => {
    const event = incoming();
    const first = await inbox.accept(event);
    const again = await Promise.all([inbox.accept(event), inbox.accept(event)]);
    expect(again).toEqual([
      { id: first.id, duplicate: true },
      { id: first.id, duplicate: true },
    ]);
    await eventually(async () => (await rowOf(first.id)).duplicates, 2);
  });

  it('makes one event of the same key twice in one commit', async () => {
    const event = incoming();
    const both = await Promise.all([inbox.accept(event), inbox.accept(event)]);
    expect(both.map(({ duplicate }) => duplicate)).toEqual([false, true]);
    expect(both[0].id).toBe(both[1].id);
  });

  it('keeps what no chain listens to as ignored', async () => {
    const { id } = await inbox.accept(incoming({ entity: null }));
    expect(await rowOf(id)).toMatchObject({ status: 'ignored', entity: null });
  });

  it('shares commits: at most two under way, none over 500 events', async () => {
    const sizes: number[] = [];
    let underWay = 0;
    let most = 0;
    const counting = Object.create(database.pool) as pg.Pool;
    counting.query = (async (text: string, values: unknown[][]) => {
      sizes.push(values[0]?.length ?? 0);
      underWay += 1;
      most = Math.max(most, underWay);
      return database.pool.query(text, values).finally(() => {
        underWay -= 1;
      });
    }) as unknown as typeof counting.query;
    const counted = createInbox({ pool: counting, vault, log: silent });
    const accepted = await Promise.all(Array.from({ length: 1_700 }, () => counted.accept(incoming())));
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(1_700);
    expect(sizes).toEqual([500, 500, 500, 200]);
    expect(most).toBe(2);
  });

  it('numbers the events of one commit as they came', async () => {
    const entity = 'call/retell/ordered';
    const types = ['call_started', 'call_ended', 'call_analyzed'];
    const accepted = await Promise.all(
      types.map((eventType) =>
        inbox.accept(incoming({ entity, eventType, eventKey: `${eventType}:ordered` })),
      ),
    );
    const ids = accepted.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('lets only the event fail that PostgreSQL cannot store', async () => {
    const outcomes = await Promise.allSettled([
      inbox.accept(incoming()),
      inbox.accept(incoming({ requestId: 'nul \0 inside' })),
      inbox.accept(incoming()),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('survives two processes that store the same keys in opposite order', async () => {
    const other = createInbox({ pool: database.pool, vault, log: silent });
    for (let round = 0; round < 30; round += 1) {
      const events = Array.from({ length: 50 }, () => incoming());
      const accepted = await Promise.all([
        ...events.map((event) => inbox.accept(event)),
        ...events.toReversed().map((event) => other.accept(event)),
      ]);
      expect(accepted.filter(({ duplicate }) => !duplicate)).toHaveLength(50);
    }
  });

  it('rejects while the database is away, so that nobody answers 2xx', async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    const cutOff = createInbox({ pool, vault, log: silent });
    await expect(cutOff.accept(incoming())).rejects.toThrow();
  });

  it('refuses events once it is closing, after it finished those it had', async () => {
    const closing = createInbox({ pool: database.pool, vault, log: silent });
    const taken = closing.accept(incoming());
    await closing.close();
    await expect(taken).resolves.toMatchObject({ duplicate: false });
    await expect(closing.accept(incoming())).rejects.toThrow('stopping');
  });
});

describe('hand-over of a fresh event', () => {
  it('happens in this process, while the sweeper leaves the event alone', async () => {
    const offer = vi.fn();
    const own = createInbox({ pool: database.pool, vault, log: silent, handOver: { offer } });
    const event = incoming();
    const { id } = await own.accept(event);
    await eventually(() => offer.mock.calls.length, 1);
    expect(offer).toHaveBeenCalledWith(
      expect.objectContaining({ id, entity: event.entity, eventType: 'call_ended', source: 'retell' }),
    );
    const row = await rowOf(id);
    const waitMs = row.next_attempt_at.getTime() - row.received_at.getTime();
    expect(waitMs).toBe(10_000);
    await own.accept(event);
    await own.accept(incoming({ entity: null }));
    await own.close();
    expect(offer).toHaveBeenCalledTimes(1);
  });

  it('D1: a retry of the provider after a failed first try is a duplicate of an event that still gets done', async () => {
    const deliver = vi.fn().mockRejectedValueOnce(new Error('temporal is down')).mockResolvedValue(undefined);
    const handOver = createHandOver({ pool: database.pool, deliver, log: silent });
    const own = createInbox({ pool: database.pool, vault, log: silent, handOver });
    const event = incoming();
    const { id } = await own.accept(event);
    await eventually(async () => (await rowOf(id)).attempts, 1);
    expect(await rowOf(id)).toMatchObject({ status: 'pending', last_error: 'Error' });

    expect(await own.accept(event)).toEqual({ id, duplicate: true });
    expect((await rowOf(id)).status).toBe('pending');

    const sweeper = createSweeper({ pool: database.pool, handOver, log: silent, intervalMs: 50 });
    await eventually(async () => (await rowOf(id)).status, 'done');
    await sweeper.close();
    await own.close();
    await handOver.close();
    expect(deliver.mock.calls.filter(([given]) => given.id === id)).toHaveLength(2);
    expect(await rowOf(id)).toMatchObject({ attempts: 2, last_error: null, duplicates: 1 });
  });
});

describe('replay', () => {
  it('makes a finished event pending and due', async () => {
    const { id } = await inbox.accept(incoming());
    await database.db
      .updateTable('inbox_events')
      .set({ status: 'done', attempts: 3, done_at: new Date(), next_attempt_at: '2100-01-01' })
      .where('id', '=', id)
      .execute();
    expect(await inbox.replay(id)).toBe('replayed');
    const row = await rowOf(id);
    expect(row).toMatchObject({ status: 'pending', attempts: 0, done_at: null });
    expect(row.next_attempt_at.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('says when there is nothing to replay', async () => {
    const { id } = await inbox.accept(incoming({ entity: null }));
    expect(await inbox.replay(id)).toBe('ignored');
    expect((await rowOf(id)).status).toBe('ignored');
    expect(await inbox.replay('999999999')).toBe('not-found');
  });
});
