import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../scripts/emulators/store.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (key: string) => ({
  vendor: 'toy',
  operation: 'notes.create',
  key,
  status: 201,
  request: null,
  response: null,
});

test('a step writes its changes and its ledger row as one line', async () => {
  const store = openStore(path);
  store.commit(() => {
    store.collection('toy', 'notes').put('a', 1);
    store.collection('toy', 'notes').put('b', 2);
    return { result: null, entry: entry('a'), keep: true };
  });
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    changes: [
      ['toy', 'notes', 'a', 1],
      ['toy', 'notes', 'b', 2],
    ],
    entry: { seq: 1, key: 'a' },
  });
});

test('a torn last line is ignored, everything before it is kept', async () => {
  const store = openStore(path);
  store.commit(() => {
    store.collection('toy', 'notes').put('a', { text: 'ä' });
    return { result: null, entry: entry('a'), keep: true };
  });
  store.close();
  await appendFile(path, '{"changes":[["toy","notes","b","half');
  const again = openStore(path);
  expect(again.collection('toy', 'notes').values()).toEqual([{ text: 'ä' }]);
  expect(again.ledger({}).map(({ key }) => key)).toEqual(['a']);
  again.collection('toy', 'notes').put('c', 3);
  again.close();
  expect(openStore(path).collection('toy', 'notes').values()).toEqual([{ text: 'ä' }, 3]);
});

test('a refused or failing step leaves nothing behind', () => {
  const store = openStore(path);
  const notes = store.collection<number>('toy', 'notes');
  notes.put('a', 1);
  notes.put('gone', 1);
  const refused = store.commit(() => {
    notes.put('a', 2);
    notes.put('b', 2);
    notes.delete('gone');
    return { result: 'no', entry: entry('a'), keep: false };
  });
  expect(refused).toEqual({ result: 'no', entry: null });
  expect(() =>
    store.commit(() => {
      notes.put('a', 3);
      throw new Error('broken');
    }),
  ).toThrow('broken');
  expect([notes.get('a'), notes.get('b'), notes.get('gone')]).toEqual([1, undefined, 1]);
  store.close();
  const again = openStore(path);
  expect(again.collection('toy', 'notes').get('a')).toBe(1);
  expect(again.ledger({})).toEqual([]);
});

test('compaction at start keeps state and ledger and drops what was overwritten', async () => {
  const store = openStore(path);
  const notes = store.collection<number>('toy', 'notes');
  for (let round = 0; round < 50; round += 1) notes.put('a', round);
  store.commit(() => ({ result: null, entry: entry('x'), keep: true }));
  store.close();
  openStore(path).close();
  expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(3);
  const again = openStore(path);
  expect(again.collection('toy', 'notes').get('a')).toBe(49);
  expect(again.ledger({})).toMatchObject([{ seq: 1, key: 'x' }]);
});

test('clearing one vendor keeps the others, and ledger numbers go on', () => {
  const store = openStore(path);
  const notes = store.collection<number>('toy', 'notes');
  notes.put('a', 1);
  store.collection('other', 'notes').put('a', 1);
  store.commit(() => ({ result: null, entry: entry('x'), keep: true }));
  store.clear('toy');
  expect(notes.values()).toEqual([]);
  expect(store.ledger({})).toEqual([]);
  store.close();
  const again = openStore(path);
  expect(again.collection('other', 'notes').values()).toEqual([1]);
  again.commit(() => ({ result: null, entry: entry('y'), keep: true }));
  expect(again.ledger({}).map(({ seq }) => seq)).toEqual([2]);
});
