import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase } from '../../db/connect.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const inFolder = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...['docs', 'docs/runbooks', 'docs/decisions'].flatMap(inFolder),
];
const read = (path: string) => readFileSync(path, 'utf8');

/** Under which names the headings of a document can be linked to. */
const anchorsOf = (path: string) =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('links only to what exists', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? document : join(dirname(document), file);
      return !existsSync(path) || (anchor !== undefined && !anchorsOf(path).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (\w[\w:-]*)/g)].map(([, name]) => name as string);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('the chain index', () => {
  const rows = read('README.md')
    .split('\n')
    .filter((line) => /^\| \[[\w-]+\]\(workflows\//.test(line));

  it('has a row for every workflow of the bundle', () => {
    const workflows = [...read('workflows/index.ts').matchAll(/export \{ (\w+) \}/g)].map(([, name]) => name);
    expect(workflows.filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([]);
    expect(rows).toHaveLength(workflows.length);
  });

  it('lists the end states of the contracts and known queues', () => {
    for (const row of rows) {
      const [, path] = /\]\((workflows\/[^)]+)\)/.exec(row) as unknown as [string, string];
      const cells = row.split('|').map((cell) => cell.trim());
      const contract = read(path);
      for (const state of (cells[5] as string).split(' · ')) expect(contract, path).toContain(`'${state}'`);
      const queue = cells[4]?.replaceAll('`', '');
      expect(Object.values<string>(taskQueues)).toContain(queue);
    }
  });
});

describe('the runbooks', () => {
  const statements = readdirSync('docs/runbooks').flatMap((name) => {
    const text = read(`docs/runbooks/${name}`);
    const blocks = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql]) => sql as string);
    const inline = [...text.matchAll(/`(SELECT[^`]+;)`/g)].map(([, sql]) => sql as string);
    return [...blocks, ...inline].map((sql) => [name, sql] as const);
  });

  let database: TestDatabase;
  let connection: ReturnType<typeof connectDatabase>;

  beforeAll(async () => {
    database = await createTestDatabase();
    connection = connectDatabase(database.url, 2);
  });

  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  it('hold statements that PostgreSQL takes', async () => {
    expect(statements.length).toBeGreaterThan(8);
    for (const [name, sql] of statements) {
      const filled = sql.replaceAll("'<id>'", "'00000000-0000-4000-8000-000000000000'");
      await expect(connection.pool.query(filled), `${name}: ${sql}`).resolves.toBeDefined();
    }
  });
});
