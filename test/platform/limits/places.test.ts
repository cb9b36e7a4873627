import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connectDatabase } from '../../../db/connect.ts';
import { createPlaces, type Places } from '../../../platform/limits/places.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let connections: Connection[];
let places: Places[];
beforeAll(async () => {
  database = await createTestDatabase();
  connections = Array.from({ length: 4 }, () => connectDatabase(database.url, 2));
  places = connections.map(({ pool }) => createPlaces(pool));
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await database.drop();
});

let lines = 0;
/** A line of its own; whoever asks does so from another process each time. */
function line(max: number, groupMax = max) {
  const scope = `line-${++lines}`;
  let asked = 0;
  const next = () => places[asked++ % places.length]!;
  return {
    scope,
    take: (holder: string, group = 'a', ttlMs = 60_000) =>
      next().take({ scope, max, group, groupMax, holder, ttlMs }),
    give: (holder: string) => next().give({ scope, max, holder }),
    callUp: () => next().callUp({ scope, max }),
  };
}
const granted = { granted: true };
const denied = { granted: false, retryInMs: expect.any(Number) };

describe('places on a line', () => {
  it('are as many as there are, whoever asks', async () => {
    const { take } = line(5);
    const asked = await Promise.all(Array.from({ length: 40 }, (_, index) => take(`h${index}`)));
    expect(asked.filter((place) => place.granted)).toHaveLength(5);
  });

  it('go to those who wait, in the order in which they came', async () => {
    const { take, give } = line(1);
    expect(await take('first')).toEqual(granted);
    expect(await take('second')).toEqual(denied);
    expect(await take('third')).toEqual(denied);
    expect(await give('first')).toEqual(['second']);
    expect(await take('third')).toEqual(denied);
    expect(await take('newcomer')).toEqual(denied);
    expect(await take('second')).toEqual(granted);
    expect(await give('second')).toEqual(['third']);
  });

  it('are limited per group, and a full group keeps nobody else waiting', async () => {
    const { take, give } = line(3, 1);
    expect(await take('a1', 'a')).toEqual(granted);
    expect(await take('a2', 'a')).toEqual(denied);
    expect(await take('b1', 'b')).toEqual(granted);
    expect(await give('b1')).toEqual([]);
    expect(await give('a1')).toEqual(['a2']);
  });

  it('are extended, not doubled, for a holder that asks again', async () => {
    const { take } = line(2);
    await take('a');
    expect(await take('a')).toEqual(granted);
    expect(await take('b')).toEqual(granted);
    expect(await take('c')).toEqual(denied);
  });

  it('come back by themselves when their holder has died', async () => {
    const { take } = line(1);
    await take('dead', 'a', 200);
    const refused = await take('next');
    if (refused.granted) throw new Error('two places instead of one');
    expect(refused.retryInMs).toBeLessThanOrEqual(200);
    await sleep(refused.retryInMs + 1);
    expect(await take('next')).toEqual(granted);
  });

  it('do not wait for somebody who was called up and does not come', async () => {
    const { scope, take, give } = line(1);
    await take('a');
    await take('gone');
    await take('patient');
    expect(await give('a')).toEqual(['gone']);
    const { pool } = connections[0]!;
    await pool.query(`UPDATE place_queue SET stays_until = now() WHERE scope = $1 AND holder = 'gone'`, [
      scope,
    ]);
    expect(await take('patient')).toEqual(granted);
  });

  it('are offered once more to who was called up in vain', async () => {
    const { take, give, callUp } = line(1);
    await take('a');
    await take('b');
    expect(await callUp()).toEqual([]);
    expect(await give('a')).toEqual(['b']);
    expect(await callUp()).toEqual(['b']);
  });

  it('never exceed any limit and never stand empty while somebody may have one', async () => {
    const moves = fc.array(fc.record({ who: fc.integer({ min: 0, max: 9 }), leave: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(moves, async (steps) => {
        const { take, give } = line(3, 2);
        const held = new Set<string>();
        const waiting = new Set<string>();
        const groupOf = (holder: string) => (Number(holder.slice(1)) % 2 === 0 ? 'even' : 'odd');
        const inGroup = (group: string) => [...held].filter((holder) => groupOf(holder) === group).length;
        const ask = async (holder: string) => {
          if (!(await take(holder, groupOf(holder))).granted) return void waiting.add(holder);
          waiting.delete(holder);
          held.add(holder);
        };
        for (const { who, leave } of steps) {
          const holder = `h${who}`;
          if (!leave) await ask(holder);
          else {
            const called = await give(holder);
            held.delete(holder);
            waiting.delete(holder);
            for (const next of called) {
              await ask(next);
              expect(held).toContain(next);
            }
          }
          expect(held.size).toBeLessThanOrEqual(3);
          for (const group of ['even', 'odd']) expect(inGroup(group)).toBeLessThanOrEqual(2);
          const mayCome = [...waiting].some((one) => inGroup(groupOf(one)) < 2);
          if (held.size < 3) expect(mayCome).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });
});
