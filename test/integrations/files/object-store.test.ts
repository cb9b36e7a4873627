import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createObjectStore,
  InvalidFileKeyError,
  MissingFileError,
  type ObjectStore,
} from '../../../integrations/files/object-store.ts';
import { temporaryDataFolder } from '../../../scripts/stack/data-folder.ts';
import { startS3Server } from './s3-server.ts';

const folder = temporaryDataFolder();
let s3: Awaited<ReturnType<typeof startS3Server>>;
const stores: Record<string, ObjectStore> = {};

beforeAll(async () => {
  s3 = await startS3Server('recordings');
  stores.disk = await createObjectStore({ driver: 'disk', folder });
  stores.s3 = await createObjectStore({
    driver: 's3',
    bucket: 'recordings',
    region: 'eu-central-1',
    endpoint: s3.url,
    accessKeyId: 'test-key',
    secretAccessKey: 'test-secret',
  });
});
afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});

const keysIn = async (store: ObjectStore, prefix: string) => {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys.sort();
};

/** A stream that breaks in the middle. */
const breaking = (bytes: number) =>
  Readable.from(
    (function* () {
      yield randomBytes(bytes);
      throw new Error('the line broke');
    })(),
  );

describe.each(['disk', 's3'])('files on %s', (name) => {
  let store: ObjectStore;
  beforeAll(() => {
    store = stores[name]!;
  });

  it('gives back what was put, over what was there', async () => {
    expect(await store.put('c1/a.bin', Buffer.from('one'), 'text/plain')).toBe(3);
    expect(
      await store.put('c1/a.bin', Readable.from([Buffer.from('t'), Buffer.from('wo')]), 'text/plain'),
    ).toBe(3);
    expect((await buffer(await store.get('c1/a.bin'))).toString()).toBe('two');
    expect(await store.exists('c1/a.bin')).toBe(true);
    await store.put('c1/empty', Buffer.alloc(0), 'text/plain');
    expect((await buffer(await store.get('c1/empty'))).length).toBe(0);
  });

  it('keeps a stream that is bigger than any part', async () => {
    const data = randomBytes(19 * 1024 * 1024);
    const pieces = Array.from({ length: 19 }, (_, index) => data.subarray(index << 20, (index + 1) << 20));
    expect(await store.put('c1/big', Readable.from(pieces), 'audio/wav')).toBe(data.length);
    expect((await buffer(await store.get('c1/big'))).equals(data)).toBe(true);
  });

  it('says that a file is missing, and deletes one that is missing without a word', async () => {
    await expect(store.get('c1/nothing')).rejects.toThrow(MissingFileError);
    expect(await store.exists('c1/nothing')).toBe(false);
    await store.delete('c1/nothing');
    await store.put('c1/one', Buffer.from('1'), 'text/plain');
    await store.delete('c1/one');
    expect(await store.exists('c1/one')).toBe(false);
  });

  it('lists and deletes a folder, and no neighbour of the same beginning', async () => {
    const keys = ['c2/p/1', 'c2/p/2', 'c2/p/deep/3', 'c2/p/deep/4', 'c2/p2/5'];
    for (const key of keys) await store.put(key, Buffer.from(key), 'text/plain');
    expect(await keysIn(store, 'c2/p/')).toEqual(keys.slice(0, 4));
    await store.deleteAll('c2/p/');
    expect(await keysIn(store, 'c2/')).toEqual(['c2/p2/5']);
    await store.deleteAll('c2/never/');
    expect(await keysIn(store, 'c2/never/')).toEqual([]);
  });

  it.each([5, 9 * 1024 * 1024])(
    'leaves nothing of a file whose source broke after %i bytes',
    async (bytes) => {
      await expect(store.put('c3/broken', breaking(bytes), 'text/plain')).rejects.toThrow('the line broke');
      expect(await store.exists('c3/broken')).toBe(false);
      expect(await keysIn(store, 'c3/')).toEqual([]);
      if (name === 's3') expect(s3.uploads.size).toBe(0);
      else expect(await readdir(join(folder, 'c3'))).toEqual([]);
    },
  );

  it.each(['', 'a', '../a/b', 'a/../b', 'a//b', '/a/b', 'a/b/', 'a/.b', 'a/b c', 'a/b!c', 'a\\b/c', 'a/b\0'])(
    'does not take the key %j',
    async (key) => {
      await expect(store.put(key, Buffer.from('x'), 'text/plain')).rejects.toThrow(InvalidFileKeyError);
      await expect(store.get(key)).rejects.toThrow(InvalidFileKeyError);
    },
  );

  it.each(['', '/', 'a', '../', 'a/../', '.'])('does not empty the folder %j', async (prefix) => {
    await expect(store.deleteAll(prefix)).rejects.toThrow(InvalidFileKeyError);
  });
});

it('removes, on the next try, what a killed writer left on the disk; nobody lists it meanwhile', async () => {
  await mkdir(join(folder, 'c4'));
  await writeFile(join(folder, 'c4/export.zip!0b1c'), 'half');
  await writeFile(join(folder, 'c4/other.zip!0b1c'), 'half of another');
  expect(await keysIn(stores.disk!, 'c4/')).toEqual([]);
  await stores.disk!.put('c4/export.zip', Buffer.from('whole'), 'application/zip');
  expect((await readdir(join(folder, 'c4'))).sort()).toEqual(['export.zip', 'other.zip!0b1c']);
});

it('aborts an upload of which S3 refuses a part', async () => {
  s3.failParts(true);
  await expect(
    stores.s3!.put('c5/big', Readable.from([randomBytes(9 << 20)]), 'audio/wav'),
  ).rejects.toThrow();
  s3.failParts(false);
  expect(s3.uploads.size).toBe(0);
  expect(await stores.s3!.exists('c5/big')).toBe(false);
});

it('passes the errors of S3 on: a refused key is not a missing file', async () => {
  const stranger = await createObjectStore({
    driver: 's3',
    bucket: 'recordings',
    region: 'eu-central-1',
    endpoint: s3.url,
    accessKeyId: 'other-key',
    secretAccessKey: 'x',
  });
  const refused = await stranger.get('c1/a.bin').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Error);
  expect(refused).not.toBeInstanceOf(MissingFileError);
});
