import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, connectDatabase } from '../../../db/connect.ts';
import { createLimits, type Limits } from '../../../platform/limits/limits.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let connections: Connection[];
let limits: Limits[];
beforeAll(async () => {
  database = await createTestDatabase();
  connections = Array.from({ length: 4 }, () => connectDatabase(database.url, 4));
  limits = connections.map(({ pool }) => createLimits(pool));
});
afterAll(async () => {
  await Promise.all(connections.map(({ close }) => close()));
  await database.drop();
});

const first = () => limits[0] as Limits;

it('gives out no more than there are, over several processes', async () => {
  const asked = await Promise.all(
    Array.from({ length: 80 }, (_, index) => {
      const request = { scope: 'company/1', max: 10, holder: `h${index}`, ttlMs: 60_000 };
      return (limits[index % 4] as Limits).acquireLease(request);
    }),
  );
  expect(asked.filter(({ granted }) => granted)).toHaveLength(10);
});

it('gives a released place to the next', async () => {
  const request = { scope: 'company/2', max: 1, ttlMs: 60_000 };
  expect(await first().acquireLease({ ...request, holder: 'a' })).toMatchObject({ granted: true });
  const refused = await first().acquireLease({ ...request, holder: 'b' });
  expect(refused).toMatchObject({ granted: false });
  if (!refused.granted) expect(refused.retryInMs).toBeGreaterThan(55_000);
  await first().release({ scope: 'company/2', holder: 'a' });
  expect(await first().acquireLease({ ...request, holder: 'b' })).toMatchObject({ granted: true });
});

it('extends the lease of a holder that asks again, and takes no second place for it', async () => {
  const request = { scope: 'company/3', max: 2, ttlMs: 60_000 };
  await first().acquireLease({ ...request, holder: 'a' });
  await first().acquireLease({ ...request, holder: 'a' });
  expect(await first().acquireLease({ ...request, holder: 'b' })).toMatchObject({ granted: true });
  expect(await first().acquireLease({ ...request, holder: 'a' })).toMatchObject({ granted: true });
});

it('ends a lease that nobody renews, and then says so to its holder', async () => {
  const request = { scope: 'company/4', max: 1, ttlMs: 300 };
  const taken = await first().acquireLease({ ...request, holder: 'dead' });
  const refused = await first().acquireLease({ ...request, holder: 'next' });
  expect(taken.granted).toBe(true);
  if (refused.granted) throw new Error('two leases for one place');
  await sleep(refused.retryInMs);
  expect(await first().renew({ scope: 'company/4', holder: 'dead', ttlMs: 300 })).toBe(false);
  expect(await first().acquireLease({ ...request, holder: 'next' })).toMatchObject({ granted: true });
});

it('keeps a renewed lease beyond its first end', async () => {
  const request = { scope: 'company/5', max: 1, ttlMs: 400 };
  await first().acquireLease({ ...request, holder: 'a' });
  expect(await first().renew({ scope: 'company/5', holder: 'a', ttlMs: 60_000 })).toBe(true);
  await sleep(450);
  expect(await first().acquireLease({ ...request, holder: 'b' })).toMatchObject({ granted: false });
});

it('prunes what nobody asks for any more', async () => {
  const { pool } = connections[0] as Connection;
  await pool.query(`
    INSERT INTO limit_grants VALUES ('gone', 'h', now() - interval '3 days', now() - interval '3 days'),
                                    ('kept', 'h', now() - interval '1 hour', now() - interval '1 hour');
    INSERT INTO leases VALUES ('gone', 'h', now() - interval '1 second')`);
  expect(await first().prune()).toBeGreaterThanOrEqual(2);
  const { rows } = await pool.query(`SELECT limit_key FROM limit_grants`);
  expect(rows).toEqual([{ limit_key: 'kept' }]);
});
