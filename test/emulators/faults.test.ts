import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFaultBook } from '../../scripts/emulators/faults.ts';
import { postJson, startTestHost, type TestHost } from './fixture.ts';
import { toyEmulator } from './toy-emulator.ts';

let host: TestHost;
beforeEach(async () => {
  host = await startTestHost(toyEmulator);
});
afterEach(() => host.close());

const create = (text: string) => postJson(`${host.url}/toy/notes`, { text });
const stored = async () => (await fetch(`${host.url}/toy/notes`)).json();
const plan = (more: object) => host.fault({ vendor: 'toy', operation: 'notes.create', count: 1, ...more });
const ledgerKeys = async () => (await host.ledger()).map(({ key }) => key);

test('without a fault an operation is executed, answered and in the ledger', async () => {
  const response = await create('one');
  expect(response.status).toBe(201);
  expect(await host.ledger('vendor=toy')).toMatchObject([
    {
      seq: 1,
      vendor: 'toy',
      operation: 'notes.create',
      key: 'one',
      status: 201,
      request: { text: 'one' },
      response: { text: 'one' },
    },
  ]);
  expect(await host.ledger('vendor=toy&operation=notes.list')).toEqual([]);
  expect(await host.ledger('after=1')).toEqual([]);
});

test('a refused operation changes nothing and is not in the ledger', async () => {
  expect((await create('bad')).status).toBe(400);
  expect(await stored()).toEqual([]);
  expect(await host.ledger()).toEqual([]);
});

test('before: the connection drops and nothing is executed; count ends it', async () => {
  await plan({ mode: 'before' });
  await expect(create('one')).rejects.toThrow('fetch failed');
  expect(await stored()).toEqual([]);
  expect(await host.ledger()).toEqual([]);
  expect((await create('two')).status).toBe(201);
});

test('executed-then-drop: the connection drops after the effect', async () => {
  await plan({ mode: 'executed-then-drop' });
  await expect(create('one')).rejects.toThrow('fetch failed');
  expect(await stored()).toEqual(['one']);
  expect(await ledgerKeys()).toEqual(['one']);
});

test('delay: done at once, told late', async () => {
  await plan({ mode: 'delay', delayMs: 300 });
  const started = Date.now();
  await expect(
    fetch(`${host.url}/toy/notes`, {
      method: 'POST',
      body: JSON.stringify({ text: 'one' }),
      signal: AbortSignal.timeout(100),
    }),
  ).rejects.toThrow('timeout');
  expect(await ledgerKeys()).toEqual(['one']);
  await plan({ mode: 'delay', delayMs: 200 });
  expect((await create('two')).status).toBe(201);
  expect(Date.now() - started).toBeGreaterThanOrEqual(290);
});

test('status: the given answer, nothing executed', async () => {
  await plan({ mode: 'status', status: 503, body: { sorry: true }, headers: { 'retry-after': '7' } });
  const response = await create('one');
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
    503,
    '7',
    { sorry: true },
  ]);
  expect(await stored()).toEqual([]);
});

test('a star reaches reads too, and a deleted plan no longer hits', async () => {
  const added = await host.fault({ vendor: 'toy', operation: '*', mode: 'status', status: 500 });
  const { id } = (await added.json()) as { id: string };
  expect((await fetch(`${host.url}/toy/notes`)).status).toBe(500);
  const listed = await (await fetch(`${host.url}/_emulator/faults`)).json();
  expect(listed).toMatchObject([{ id, hits: 1, plan: { operation: '*' } }]);
  await fetch(`${host.url}/_emulator/faults?id=${id}`, { method: 'DELETE' });
  expect((await fetch(`${host.url}/toy/notes`)).status).toBe(200);
});

describe('bad input', () => {
  test.each([
    ['unknown mode', { vendor: 'toy', operation: '*', mode: 'explode' }, 'mode'],
    ['unknown vendor', { vendor: 'nobody', operation: '*', mode: 'before' }, 'retell|toy'],
    ['delay without a time', { vendor: 'toy', operation: '*', mode: 'delay' }, 'delayMs'],
    ['rate above 1', { vendor: 'toy', operation: '*', mode: 'before', rate: 2 }, 'rate'],
    ['misspelt field', { vendor: 'toy', operation: '*', mode: 'before', cuont: 1 }, 'cuont'],
  ])('%s is a 400 that says what is wrong', async (_name, body, hint) => {
    const response = await host.fault(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(((await response.json()) as { detail: string }).detail).toMatch(new RegExp(hint));
    expect(await (await fetch(`${host.url}/_emulator/faults`)).json()).toEqual([]);
  });

  test('broken JSON, a bad seed, a vendor without that name', async () => {
    const broken = await fetch(`${host.url}/_emulator/faults`, { method: 'POST', body: '{' });
    const seed = await postJson(`${host.url}/_emulator/seed`, { toy: [1] });
    const nobody = await postJson(`${host.url}/_emulator/seed`, { nobody: [] });
    const state = await fetch(`${host.url}/_emulator/state?vendor=nobody`, { method: 'DELETE' });
    expect([broken.status, seed.status, nobody.status, state.status]).toEqual([400, 400, 400, 400]);
    expect((await fetch(`${host.url}/_emulator/nothing`)).status).toBe(404);
  });
});

test('a rate hits by seed: the same seed gives the same sequence, another seed another', () => {
  const sequence = (seed: number) => {
    const book = createFaultBook();
    book.add({ vendor: 'toy', operation: '*', mode: 'before', rate: 0.3, seed });
    return Array.from({ length: 200 }, () => (book.take('toy', 'x', ['before']) ? 1 : 0));
  };
  const hits = sequence(7).reduce<number>((sum, hit) => sum + hit, 0);
  expect(sequence(7)).toEqual(sequence(7));
  expect(sequence(7)).not.toEqual(sequence(8));
  expect(hits).toBeGreaterThan(35);
  expect(hits).toBeLessThan(85);
});

test('state is deleted on demand', async () => {
  await host.seed({ toy: ['seeded'] });
  await create('one');
  expect(await stored()).toEqual(['seeded', 'one']);
  await fetch(`${host.url}/_emulator/state?vendor=toy`, { method: 'DELETE' });
  expect(await stored()).toEqual([]);
  expect(await host.ledger()).toEqual([]);
});
