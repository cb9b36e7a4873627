import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findApiKey } from '../../db/api-keys.ts';
import { inheritEnv } from '../../platform/env.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../api/support.ts';

let api: TestApi;
let linde: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  const { id } = await addCompany(api.db, 'closed');
  await api.db.updateTable('companies').set({ active: false }).where('id', '=', id).execute();
});
afterAll(() => api?.close());

async function apiKey(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/api-key.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: inheritEnv({ DATABASE_URL: api.deps.env.DATABASE_URL }),
  });
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return { code: code as number | null, stdout, stderr };
}

const countKeys = async () => (await api.db.selectFrom('api_keys').select('id').execute()).length;

it('makes the keys that the runbook speaks of, and the API knows them', async () => {
  const runbook = readFileSync('docs/runbooks/a-call-was-not-booked.md', 'utf8');
  const orders = [...runbook.matchAll(/^npm run api-key -- (.+)$/gm)].map(([, order]) => order as string);
  const keys: string[] = [];
  for (const order of orders) {
    const words = order.replace('<slug>', 'linde').match(/'[^']+'|\S+/g) ?? [];
    const { code, stdout, stderr } = await apiKey(...words.map((word) => word.replaceAll("'", '')));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^sb_[\w-]{43}\n$/)]);
    const key = stdout.trim();
    expect(stderr).not.toContain(key);
    expect((await api.get('/api/calls', key)).status).toBe(200);
    keys.push(key);
  }
  expect(await Promise.all(keys.map((key) => findApiKey(api.db, key)))).toMatchObject([
    { name: 'on call', companyId: null },
    { name: 'front desk', companyId: linde.id },
  ]);
});

it.each([
  ['an unknown company', ['--company', 'nobody', '--name', 'x'], 'there is no company "nobody"'],
  ['a closed company', ['--company', 'closed', '--name', 'x'], 'the company "closed" is closed'],
  ['an empty name', ['--company', 'linde', '--name', ' '], '--name is missing'],
  ['no holder', ['--name', 'x'], 'give either --company or --operator'],
  ['a word too many', ['--name', 'front', 'desk', '--operator'], "'desk'"],
])('refuses %s, with code 2', async (_name, args, reason) => {
  const before = await countKeys();
  const { code, stdout, stderr } = await apiKey(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.split('\n')[0]).toContain(reason);
  expect(stderr).toContain('Usage: npm run api-key');
  expect(await countKeys()).toBe(before);
});

it('explains itself', async () => {
  const { code, stdout } = await apiKey('--help');
  expect([code, stdout]).toEqual([0, expect.stringContaining('--company <slug>')]);
});
