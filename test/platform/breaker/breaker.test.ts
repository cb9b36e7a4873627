import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Connection, connectDatabase } from '../../../db/connect.ts';
import { type Breaker, createBreaker } from '../../../platform/breaker.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let connection: Connection;
beforeAll(async () => {
  database = await createTestDatabase();
  connection = connectDatabase(database.url, 8);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

const settings = { failures: 3, withinMs: 600_000, openMs: 10_000, maxOpenMs: 300_000 };
const create = (changes: Partial<typeof settings> = {}) =>
  createBreaker(connection.pool, { ...settings, ...changes });

async function fail(breaker: Breaker, key: string, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await breaker.failure(key);
}

/** Lets time pass for one breaker: everything it remembers moves into the past. */
const pass = (key: string, ms: number) =>
  connection.pool.query(
    `UPDATE circuit_breakers
     SET open_until = open_until - $2 * interval '1 millisecond',
         failures = ARRAY(SELECT at - $2 * interval '1 millisecond' FROM unnest(failures) AS at)
     WHERE key = $1`,
    [key, ms],
  );

const openForMs = async (breaker: Breaker, key: string) => {
  const state = await breaker.check(key);
  return state.open ? state.retryInMs : 0;
};

it('opens at the third failure, for all processes', async () => {
  const breaker = create();
  await fail(breaker, 'a', 2);
  expect(await breaker.check('a')).toEqual({ open: false });
  await breaker.failure('a');
  const other = connectDatabase(database.url, 1);
  const state = await createBreaker(other.pool).check('a');
  expect(state.open && state.retryInMs > 9_000 && state.retryInMs <= 10_000).toBe(true);
  await other.close();
  expect(await breaker.check('another')).toEqual({ open: false });
});

it('forgets failures that are too long ago, and all of them after a success', async () => {
  const breaker = create();
  await fail(breaker, 'b', 2);
  await pass('b', 600_001);
  await fail(breaker, 'b', 2);
  expect(await breaker.check('b')).toEqual({ open: false });
  await breaker.success('b');
  await fail(breaker, 'b', 2);
  expect(await breaker.check('b')).toEqual({ open: false });
});

it('lets one probe through when the time is over, and closes on its success', async () => {
  const breaker = create();
  await fail(breaker, 'c', 3);
  await pass('c', 10_001);
  const states = await Promise.all(Array.from({ length: 8 }, () => breaker.check('c')));
  expect(states.filter(({ open }) => !open)).toHaveLength(1);
  await breaker.success('c');
  expect(await breaker.check('c')).toEqual({ open: false });
  await fail(breaker, 'c', 2);
  expect(await breaker.check('c')).toEqual({ open: false });
});

it('doubles the time with every failed probe, up to its limit', async () => {
  const breaker = create();
  await fail(breaker, 'd', 3);
  const openings: number[] = [];
  for (let probe = 0; probe < 7; probe += 1) {
    const openMs = await openForMs(breaker, 'd');
    openings.push(Math.round(openMs / 1_000));
    await pass('d', openMs + 1);
    expect(await breaker.check('d')).toEqual({ open: false });
    await breaker.failure('d');
  }
  expect(openings).toEqual([10, 20, 40, 80, 160, 300, 300]);
});

it('is moved neither by failures nor by successes of calls that began before it opened', async () => {
  const breaker = create();
  await fail(breaker, 'e', 3);
  const before = await openForMs(breaker, 'e');
  await fail(breaker, 'e', 5);
  await breaker.success('e');
  const after = await openForMs(breaker, 'e');
  expect(after).toBeGreaterThan(0);
  expect(after).toBeLessThanOrEqual(before);
});

it('sends another probe when the first never came back', async () => {
  const breaker = create({ openMs: 200 });
  await fail(breaker, 'f', 3);
  await sleep(await openForMs(breaker, 'f'));
  expect(await breaker.check('f')).toEqual({ open: false });
  await sleep(await openForMs(breaker, 'f'));
  expect(await breaker.check('f')).toEqual({ open: false });
});

it('opens at the first failure when told so', async () => {
  const breaker = create({ failures: 1 });
  await breaker.failure('g');
  expect(await openForMs(breaker, 'g')).toBeGreaterThan(9_000);
});

it('writes nothing and asks once per call while all is well', async () => {
  const breaker = create();
  const query = vi.spyOn(connection.pool, 'query');
  await breaker.check('h');
  await breaker.success('h');
  expect(query).toHaveBeenCalledTimes(2);
  query.mockRestore();
  const { rows } = await connection.pool.query(`SELECT key FROM circuit_breakers WHERE key = 'h'`);
  expect(rows).toEqual([]);
});

it('counts failures that come at the same moment', async () => {
  const breaker = create();
  await Promise.all(Array.from({ length: 3 }, () => breaker.failure('i')));
  expect(await openForMs(breaker, 'i')).toBeGreaterThan(9_000);
});
