import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erasurePlaces, keptPlaces } from '../../db/privacy/erasure-places.ts';
import { exportedTables, notExported } from '../../db/privacy/export-tables.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const places = new Map(erasurePlaces.map((place) => [place.table as string, place]));
/** Staff, and what companies pay: their ids only look like it. */
const ofCompanies = new Set(['calendar_members', 'staff_assignment_items']);
const isNamed = (table: string) => places.has(table) || table in keptPlaces || ofCompanies.has(table);

/** Of companies, not of their customers. */
const notOfPeople = new Set([
  'companies.calcom_key_sealed',
  'companies.calcom_webhook_secret_sealed',
  'companies.calcom_webhook_secret_before_sealed',
]);

describe('an erasure knows', () => {
  it('every column that is sealed, and every hash by which a person is found', async () => {
    const { rows } = await client.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns
       WHERE table_schema = 'public' AND (column_name LIKE '%\\_sealed' OR column_name LIKE '%\\_index')`,
    );
    expect(rows.length).toBeGreaterThan(15);
    const forgotten = rows
      .filter(({ table, column }) => {
        const becomes = places.get(table)?.becomes;
        const emptied = becomes === 'delete' || (becomes !== undefined && column in becomes);
        return !emptied && !(table in keptPlaces) && !notOfPeople.has(`${table}.${column}`);
      })
      .map(({ table, column }) => `${table}.${column}`);
    expect(forgotten).toEqual([]);
  });

  it('every table that leads to a person, however many tables lie between', async () => {
    const { rows } = await client.query<{ table: string }>(
      `WITH RECURSIVE leads (oid) AS (
         SELECT 'person_keys'::regclass::oid
         UNION SELECT c.conrelid FROM pg_constraint c JOIN leads l ON c.confrelid = l.oid WHERE c.contype = 'f'
       )
       SELECT oid::regclass::text AS table FROM leads
       UNION SELECT table_name::text FROM information_schema.columns
       WHERE table_schema = 'public'
         AND column_name IN ('person_id', 'customer_id', 'user_id', 'call_id', 'appointment_id', 'attempt_id')`,
    );
    expect(rows.length).toBeGreaterThan(12);
    expect(rows.map(({ table }) => table).filter((table) => !isNamed(table))).toEqual([]);
  });

  it('only places of which a copy for the person knows, too', () => {
    const tables = erasurePlaces.map(({ table }) => table);
    expect(tables.filter((table) => !exportedTables.has(table) && !(table in notExported))).toEqual([]);
  });

  it('only tables and columns that there are', async () => {
    for (const { table, becomes } of erasurePlaces) {
      const columns = becomes === 'delete' ? ['*'] : Object.keys(becomes);
      await expect(client.query(`SELECT ${columns.join(', ')} FROM ${table}`), table).resolves.toBeDefined();
    }
  });
});
