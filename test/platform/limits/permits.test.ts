import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connectDatabase } from '../../../db/connect.ts';
import { takePermitRow } from '../../../db/limits.ts';
import { createLimits } from '../../../platform/limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { busiestWindow, usedShare } from './window.ts';

let database: TestDatabase;
let connection: Connection;
beforeAll(async () => {
  database = await createTestDatabase();
  connection = connectDatabase(database.url, 4);
  // Old uses are pruned, so every use is copied as it happens. The fake clock serves whoever asks for it.
  await connection.pool.query(`
    CREATE TABLE uses (key text, at timestamptz);
    CREATE FUNCTION copy_use() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' OR NEW.used_at IS DISTINCT FROM OLD.used_at THEN
          INSERT INTO uses VALUES (NEW.limit_key, NEW.used_at);
        END IF;
        RETURN NULL;
      END $$;
    CREATE TRIGGER copy_use AFTER INSERT OR UPDATE ON limit_grants
      FOR EACH ROW WHEN (NEW.used_at IS NOT NULL) EXECUTE FUNCTION copy_use();
    CREATE SCHEMA fake;
    CREATE FUNCTION fake.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
      $$ SELECT to_timestamp(current_setting('fake.now')::double precision / 1000) $$;
  `);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

async function usesOf(key: string): Promise<number[]> {
  const { rows } = await connection.pool.query<{ at: number }>(
    `SELECT (extract(epoch FROM at) * 1000)::double precision AS at FROM uses WHERE key = $1 ORDER BY at`,
    [key],
  );
  return rows.map(({ at }) => at);
}

describe('over four processes', () => {
  const permits = 20;
  const windowMs = 1_000;
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('no window is ever over the limit, and the permits are used', async () => {
    const script = new URL('./asker.ts', import.meta.url).pathname;
    for (const name of ['a', 'b', 'c', 'd']) {
      const settings = [database.url, 'api', permits, windowMs, name].map(String);
      children.push(fork(script, settings, { execArgv: ['--import', 'tsx'] }));
    }
    await Promise.all(children.map((child) => once(child, 'message')));
    const until = Date.now() + 8_000;
    const granted = await Promise.all(
      children.map(async (child) => {
        child.send(until);
        const [count] = await once(child, 'message');
        return Number(count);
      }),
    );
    const uses = await usesOf('api');
    expect(uses).toHaveLength(granted.reduce((sum, count) => sum + count, 0));
    expect(busiestWindow(uses, windowMs)).toBe(permits);
    expect(uses.length).toBeGreaterThan(5 * permits);
    // A process that wakes late on a busy machine costs permits; how many are wasted by us is tested below.
    expect(usedShare(uses, permits, windowMs)).toBeGreaterThanOrEqual(0.85);
  }, 60_000);
});

describe('by a fake clock', () => {
  let pool: pg.Pool;
  let keys = 0;
  beforeAll(() => {
    const options = '-c search_path=fake,pg_catalog,public';
    pool = new pg.Pool({ connectionString: database.url, max: 1, options });
  });
  afterAll(() => pool.end());

  const graceMs = 100;
  /** A limiter of its own whose time is told with every call. */
  function limiter(permits: number, windowMs: number, padMs = 10) {
    keys += 1;
    const key = `limit-${keys}`;
    const take = async (holder: string, nowMs: number) => {
      await pool.query(`SELECT set_config('fake.now', $1, false)`, [String(nowMs)]);
      return takePermitRow(pool, { key, permits, windowMs, graceMs, padMs, holder });
    };
    return { key, take };
  }

  it('grants what is free, reserves the exact time for the rest, and keeps the place', async () => {
    const { take } = limiter(2, 1_000);
    expect(await take('a', 0)).toMatchObject({ granted: true });
    expect(await take('b', 100)).toMatchObject({ granted: true });
    expect(await take('c', 200)).toEqual({ granted: false, atMs: 1_000, waitMs: 800 });
    expect(await take('d', 200)).toMatchObject({ granted: false, atMs: 1_100 });
    expect(await take('e', 200)).toMatchObject({ granted: false, atMs: 2_010 });
    expect(await take('c', 600)).toEqual({ granted: false, atMs: 1_000, waitMs: 400 });
    expect(await take('c', 1_000)).toMatchObject({ granted: true });
    expect(await take('d', 1_100 + graceMs)).toMatchObject({ granted: true });
  });

  it('lets nobody pass those who wait', async () => {
    const { take } = limiter(1, 1_000);
    await take('a', 0);
    expect(await take('b', 10)).toMatchObject({ granted: false, atMs: 1_000 });
    expect(await take('c', 1_000)).toMatchObject({ granted: false });
    expect(await take('b', 1_050)).toMatchObject({ granted: true });
  });

  it('makes a holder that comes too late wait anew, behind the others', async () => {
    const { take } = limiter(1, 1_000);
    await take('a', 0);
    await take('b', 0);
    expect(await take('c', 0)).toMatchObject({ granted: false, atMs: 2_010 });
    expect(await take('b', 1_000 + graceMs + 1)).toMatchObject({ granted: false, atMs: 3_020 });
  });

  it('counts every use of a holder', async () => {
    const { take } = limiter(2, 1_000);
    expect(await take('a', 0)).toMatchObject({ granted: true });
    expect(await take('a', 100)).toMatchObject({ granted: true });
    expect(await take('a', 200)).toMatchObject({ granted: false, atMs: 1_000 });
  });

  it('keeps no rows of windows that are over', async () => {
    const { key, take } = limiter(5, 1_000);
    for (let use = 0; use < 50; use += 1) await take(`holder-${use}`, use * 200);
    const { rows } = await pool.query(
      'SELECT count(*)::integer AS n FROM limit_grants WHERE limit_key = $1',
      [key],
    );
    expect(rows[0].n).toBeLessThanOrEqual(5);
  });

  it('never lets a window over the limit, whoever asks, returns late or not at all', async () => {
    const step = fc.record({
      holder: fc.integer({ min: 0, max: 7 }),
      /** Idle time before the step. */
      gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 100, max: 700 })),
      /** Comes when it was told to, so much late; null: comes now. */
      lateMs: fc.option(fc.integer({ min: 0, max: graceMs + 20 }), { freq: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 50, max: 500 }),
        fc.integer({ min: 0, max: 20 }),
        fc.array(step, { minLength: 10, maxLength: 40 }),
        async (permits, windowMs, padMs, steps) => {
          const { key, take } = limiter(permits, windowMs, padMs);
          const told = new Map<string, number>();
          let nowMs = 0;
          for (const { holder, gapMs, lateMs } of steps) {
            const name = String(holder);
            nowMs += gapMs;
            const place = told.get(name);
            if (lateMs !== null && place !== undefined) nowMs = Math.max(nowMs, place + lateMs);
            const early = place !== undefined && nowMs < place;
            const turn = await take(name, nowMs);
            if (early) expect(turn).toMatchObject({ granted: false, atMs: place });
            if (turn.granted) told.delete(name);
            else {
              expect(turn.atMs).toBeGreaterThan(nowMs);
              told.set(name, turn.atMs);
            }
          }
          expect(busiestWindow(await usesOf(key), windowMs)).toBeLessThanOrEqual(permits);
        },
      ),
      { numRuns: 50 },
    );
  }, 60_000);

  it('uses at least 98 % of the permits while more are wanted and everyone comes within the pad', async () => {
    const [permits, windowMs] = [20, 1_000];
    const padMs = windowMs / 60;
    const { key, take } = limiter(permits, windowMs, padMs);
    const holders = Array.from({ length: 50 }, (_, index) => ({ name: `h${index}`, turn: 0, atMs: 0 }));
    for (let call = 0; call < 1_100; call += 1) {
      const [next] = holders.toSorted((a, b) => a.atMs - b.atMs);
      if (!next) throw new Error('no holder');
      const nowMs = next.atMs;
      const answer = await take(`${next.name}-${next.turn}`, nowMs);
      if (answer.granted) next.turn += 1;
      // Late by 0, 1 … 15 ms in turn.
      else next.atMs = answer.atMs + (call % Math.floor(padMs));
    }
    const uses = await usesOf(key);
    expect(uses.length).toBeGreaterThan(15 * permits);
    expect(busiestWindow(uses, windowMs)).toBe(permits);
    expect(usedShare(uses, permits, windowMs)).toBeGreaterThanOrEqual(0.98);
  }, 60_000);

  it('serves everyone who comes in time, one window after the other', async () => {
    const { key, take } = limiter(3, 1_000);
    const waiting: { holder: string; atMs: number }[] = [];
    for (let holder = 0; holder < 20; holder += 1) {
      const turn = await take(`h${holder}`, 0);
      if (!turn.granted) waiting.push({ holder: `h${holder}`, atMs: turn.atMs });
    }
    for (const { holder, atMs } of waiting) {
      expect(await take(holder, atMs + 9)).toMatchObject({ granted: true });
    }
    const uses = await usesOf(key);
    expect(uses).toHaveLength(20);
    expect(busiestWindow(uses, 1_000)).toBe(3);
  });
});

it('refuses limits that make no sense', async () => {
  const limits = createLimits(connection.pool);
  const request = { key: 'k', permits: 1, windowMs: 1_000, holder: 'h' };
  await expect(limits.takePermit({ ...request, permits: 0 })).rejects.toThrow(
    'permits must be positive, got 0',
  );
  await expect(limits.takePermit({ ...request, windowMs: 90_000_000 })).rejects.toThrow(RangeError);
});
