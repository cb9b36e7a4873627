import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Connection, connectDatabase } from '../../db/connect.ts';
import { takeIdempotencyKey } from '../../db/idempotency.ts';
import { createHousekeeping, type Housekeeping } from '../../platform/housekeeping.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let connection: Connection;
let companyId: string;
let housekeeping: Housekeeping | undefined;
let lines: { level: string; msg: string; what?: string; rows?: number }[] = [];
const log = pino(
  { formatters: { level: (level) => ({ level }) } },
  { write: (line: string) => void lines.push(JSON.parse(line)) },
);

beforeAll(async () => {
  database = await createTestDatabase();
  connection = connectDatabase(database.url, 4);
  const { rows } = await connection.pool.query<{ id: string }>(
    `INSERT INTO companies (slug, name, time_zone, country, currency, contact_email)
     VALUES ('linde', 'Linde', 'Europe/Berlin', 'DE', 'EUR', 'desk@linde.example') RETURNING id`,
  );
  companyId = (rows[0] as { id: string }).id;
});
afterAll(async () => {
  await connection?.close();
  await database?.drop();
});
beforeEach(async () => {
  lines = [];
  await connection.pool.query('TRUNCATE idempotency_keys, limit_grants, leases, calendar_sync_runs');
});
afterEach(() => housekeeping?.close());

const start = (changes: Partial<Parameters<typeof createHousekeeping>[0]> = {}) => {
  housekeeping = createHousekeeping({ ...connection, log, ...changes });
  return housekeeping;
};

async function addKey(age: string): Promise<string> {
  const key = `${age} old ${randomUUID()}`;
  const answer = { requestHash: Buffer.from('hash'), response: { appointmentId: '1' } };
  expect(await takeIdempotencyKey(connection.db, companyId, key, answer)).toBe(true);
  await connection.pool.query(
    `UPDATE idempotency_keys SET created_at = now() - $1::interval WHERE key = $2`,
    [age, key],
  );
  return key;
}

const addGrant = (holder: string, age: string) =>
  connection.pool.query(
    `INSERT INTO limit_grants (limit_key, holder, granted_at, used_at)
     VALUES ('mail', $1, now() - $2::interval, now() - $2::interval)`,
    [holder, age],
  );

const addSyncRun = (age: string) =>
  connection.pool.query(
    `INSERT INTO calendar_sync_runs (id, company_id, kind, trigger, status, finished_at)
     VALUES (gen_random_uuid(), $1, 'bookings', 'schedule', 'synced', now() - $2::interval)`,
    [companyId, age],
  );

const keys = async () =>
  (await connection.db.selectFrom('idempotency_keys').select('key').execute()).map(({ key }) => key);
const holders = async () =>
  (await connection.db.selectFrom('limit_grants').select('holder').execute()).map(({ holder }) => holder);

it('removes what is out of date at start, and leaves what still counts', async () => {
  await addKey('24 hours 1 minute');
  const live = await addKey('23 hours 59 minutes');
  await addGrant('gone', '49 hours');
  await addGrant('counts', '23 hours');
  await addSyncRun('8 days');
  await addSyncRun('6 days');
  start();
  await expect.poll(keys).toEqual([live]);
  await expect.poll(holders).toEqual(['counts']);
  await expect
    .poll(() => lines)
    .toMatchObject([
      { what: 'limits', rows: 1 },
      { what: 'idempotency keys', rows: 1 },
      { what: 'calendar comparisons', rows: 1 },
    ]);
});

it('comes back after its interval, and not once it is closed', async () => {
  await addKey('25 hours');
  const running = start({ intervalMs: 20 });
  for (let round = 1; round <= 3; round += 1) {
    await expect.poll(keys).toEqual([]);
    await addKey('25 hours');
  }
  await expect.poll(keys).toEqual([]);
  await running.close();
  const left = await addKey('25 hours');
  await running.close();
  expect(await keys()).toEqual([left]);
});

it('goes on with the rest, and the next time, when something fails', async () => {
  let down = true;
  const pool: typeof connection.pool = Object.create(connection.pool);
  pool.query = ((...args: unknown[]) =>
    down
      ? Promise.reject(new Error('connection refused'))
      : (connection.pool.query as (...given: unknown[]) => unknown).apply(
          connection.pool,
          args,
        )) as typeof connection.pool.query;
  await addKey('25 hours');
  await addGrant('gone', '49 hours');
  start({ pool, intervalMs: 20 });
  await expect.poll(keys).toEqual([]);
  expect(lines[0]).toMatchObject({ level: 'warn', what: 'limits', err: { message: 'connection refused' } });
  expect(await holders()).toEqual(['gone']);
  down = false;
  await expect.poll(holders).toEqual([]);
});

it('runs one round at a time, and close waits for it', async () => {
  let underWay = 0;
  let most = 0;
  let rounds = 0;
  const release: (() => void)[] = [];
  const pool: typeof connection.pool = Object.create(connection.pool);
  pool.query = (async () => {
    rounds += 1;
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise<void>((resolve) => release.push(resolve));
    underWay -= 1;
    return { rows: [{ pruned: 0 }] };
  }) as unknown as typeof connection.pool.query;
  const running = start({ pool, intervalMs: 1 });
  for (let round = 1; round <= 3; round += 1) {
    await expect.poll(() => rounds).toBe(round);
    release.shift()?.();
  }
  await expect.poll(() => release.length).toBe(1);
  let closed = false;
  const closing = running.close().then(() => {
    closed = true;
  });
  await connection.pool.query('SELECT 1');
  expect([closed, most]).toEqual([false, 1]);
  release.shift()?.();
  await closing;
  expect(underWay).toBe(0);
});
