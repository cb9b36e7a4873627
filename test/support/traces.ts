import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Deps } from '../../platform/deps.ts';
import type { PersonKey } from '../../platform/vault.ts';
import type { TestBed } from './test-bed.ts';

/** Every row of every table, as text; bytes are hexadecimal there. */
export async function everyRow({
  deps,
}: {
  deps: Pick<Deps, 'pool'>;
}): Promise<{ table: string; text: string }[]> {
  const { rows: tables } = await deps.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await deps.pool.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      return rows.map(({ text }) => ({ table: name, text }));
    }),
  );
  return found.flat();
}

/** All that can still be opened: bodies of events with the master key, sealed columns with each key that exists. */
export async function everyOpenedValue({ deps: { pool, vault } }: TestBed): Promise<string[]> {
  const { rows: keyRows } = await pool.query<{ wrapped_key: Buffer }>('SELECT wrapped_key FROM person_keys');
  const keys = keyRows.map(({ wrapped_key }) => vault.openPersonKey(wrapped_key));
  const { rows: columns } = await pool.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name LIKE '%\\_sealed'`,
  );
  const opened: string[] = [];
  for (const { table, column } of columns) {
    const { rows } = await pool.query<{ value: Buffer }>(
      `SELECT ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL AND octet_length(${column}) > 0`,
    );
    for (const { value } of rows) {
      if (table === 'inbox_events') opened.push(vault.open('inbox', value).toString());
      else opened.push(...withAnyOf(keys, `${table}.${column.replace(/_sealed$/, '')}`, value));
    }
  }
  return opened;
}

function withAnyOf(keys: PersonKey[], field: string, value: Buffer): string[] {
  return keys.flatMap((key) => {
    try {
      return [key.open(field, value)];
    } catch {
      return [];
    }
  });
}

/** The histories of all runs on the bed's queues and of these ids, with their payloads decoded. */
export async function everyHistory({ env: { client }, taskQueue }: TestBed, ids: string[]): Promise<string> {
  const runs = new Set(ids);
  for (const queue of [taskQueue, `nobody-${taskQueue}`]) {
    for await (const { workflowId } of client.workflow.list({ query: `TaskQueue='${queue}'` }))
      runs.add(workflowId);
  }
  const histories = await Promise.all(
    [...runs].map((id) =>
      client.workflow
        .getHandle(id)
        .fetchHistory()
        .catch(() => null),
    ),
  );
  return histories.map(readable).join('\n');
}

/** Bytes as the text that they are. */
function readable(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(readable).join(' ');
  if (value !== null && typeof value === 'object')
    return Object.entries(value)
      .map(([name, inner]) => `${name}=${readable(inner)}`)
      .join(' ');
  return String(value);
}

/** Names and contents of all files of the object store. */
export async function everyFile({ deps: { env } }: TestBed): Promise<Buffer[]> {
  const folder = resolve(env.SWITCHBOARD_DATA_DIR, 'files');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) =>
      Buffer.concat([Buffer.from(`${join(parentPath, name)}\n`), await readFile(join(parentPath, name))]),
    ),
  );
}

/** Whether a marker stands in a text as it is, as hexadecimal, or as Base64 at any offset. */
export function holds(text: string, marker: string): boolean {
  const bytes = Buffer.from(marker);
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(Math.ceil((offset * 8) / 6), -2);
  });
  const lower = text.toLowerCase();
  return (
    lower.includes(marker.toLowerCase()) ||
    lower.includes(bytes.toString('hex')) ||
    base64.some((part) => text.includes(part))
  );
}
