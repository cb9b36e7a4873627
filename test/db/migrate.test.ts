import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrateDown, migrateToLatest } from '../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** Every column, constraint, index and function of ours, as text. */
async function schema(): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(`
      SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'kysely%'
      UNION ALL
      SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'kysely%'
      UNION ALL
      SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'kysely%'
      ORDER BY 1`);
    return rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}

it('migrations can be taken back to nothing and applied again to the same schema', async () => {
  const before = await schema();
  expect(before.length).toBeGreaterThan(50);
  const taken: string[] = [];
  for (let step = await migrateDown(database.url); step.length > 0; step = await migrateDown(database.url))
    taken.push(...step);
  expect(taken.length).toBeGreaterThan(5);
  expect(await schema()).toEqual([]);
  expect(await migrateToLatest(database.url)).toHaveLength(taken.length);
  expect(await schema()).toEqual(before);
  expect(await migrateToLatest(database.url)).toEqual([]);
});
