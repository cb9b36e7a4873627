import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, connectDatabase } from '../../db/connect.ts';
import { readAtOnce } from '../../db/read-at-once.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let connection: Connection;
beforeAll(async () => {
  database = await createTestDatabase();
  connection = connectDatabase(database.url, 2);
});
afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

const pauses = async (db: Connection['db']) =>
  (await db.selectFrom('call_pauses').select('reason').execute()).map(({ reason }) => reason);
const pause = (db: Connection['db']) =>
  db.insertInto('call_pauses').values({ company_id: null, reason: 'storm' }).execute();

it('does not see what is written while it reads', async () => {
  const { db } = connection;
  const seen = await readAtOnce(db, async (moment) => {
    const before = await pauses(moment);
    await pause(db);
    return { before, after: await pauses(moment) };
  });
  expect(seen).toEqual({ before: [], after: [] });
  expect(await pauses(db)).toEqual(['storm']);
});

it('writes nothing', async () => {
  await expect(
    readAtOnce(connection.db, (moment) => sql`DELETE FROM call_pauses`.execute(moment)),
  ).rejects.toThrow('read-only');
});
