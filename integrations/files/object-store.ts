import { Readable } from 'node:stream';
import { Disk } from 'flydrive';
import type { DriverContract } from 'flydrive/types';
import { AtomicFolder } from './atomic-folder.ts';
import type { S3Config } from './bucket.ts';

export type ObjectStoreConfig = { driver: 'disk'; folder: string } | ({ driver: 's3' } & S3Config);

/** There is no file under this key (any more). */
export class MissingFileError extends Error {
  override readonly name = 'MissingFileError';
}

/** A key or prefix that the store does not take; nothing was tried. */
export class InvalidFileKeyError extends Error {
  override readonly name = 'InvalidFileKeyError';
}

/** Files by key (`<companyId>/…`), wherever they are kept. A file is there whole or not at all. */
export interface ObjectStore {
  /** Writes a file, over the one that is there; returns its size in bytes. */
  put(key: string, contents: Readable | Buffer, contentType: string): Promise<number>;
  /** Throws `MissingFileError`. */
  get(key: string): Promise<Readable>;
  exists(key: string): Promise<boolean>;
  /** A missing file is no error. */
  delete(key: string): Promise<void>;
  /** Deletes all files below a folder (`…/`), what an interrupted write left there included. */
  deleteAll(folder: string): Promise<void>;
  /** The keys of all files below a folder (`…/`). */
  list(folder: string): AsyncIterable<string>;
}

const KEY = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
const FOLDER = /^([A-Za-z0-9_-]+\/)+$/;

export async function createObjectStore(config: ObjectStoreConfig): Promise<ObjectStore> {
  const driver = await openDriver(config);
  const disk = new Disk(driver);
  return {
    async put(key, contents, contentType) {
      check(KEY, key);
      let bytes = 0;
      async function* counted() {
        for await (const chunk of Buffer.isBuffer(contents) ? [contents] : contents) {
          bytes += (chunk as Buffer).length;
          yield chunk as Buffer;
        }
      }
      try {
        await disk.putStream(key, Readable.from(counted(), { objectMode: false }), { contentType });
      } catch (error) {
        // flydrive names the place; what went wrong there, or in the source, says more.
        throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
      }
      return bytes;
    },
    async get(key) {
      check(KEY, key);
      try {
        // The stream of a folder tells only later that there is no file.
        if (config.driver === 'disk') await disk.getMetaData(key);
        return await disk.getStream(key);
      } catch (error) {
        throw isMissing(error) ? new MissingFileError(`there is no file ${key}`) : error;
      }
    },
    async exists(key) {
      check(KEY, key);
      return disk.exists(key);
    },
    async delete(key) {
      check(KEY, key);
      await disk.delete(key);
    },
    async deleteAll(folder) {
      check(FOLDER, folder);
      // Past the disk, which would take the last slash away: "a/b" must not delete "a/bc".
      await driver.deleteAll(folder);
    },
    async *list(folder) {
      check(FOLDER, folder);
      let paginationToken: string | undefined;
      do {
        const page = await driver.listAll(folder, {
          recursive: true,
          ...(paginationToken ? { paginationToken } : {}),
        });
        for (const { key } of page.objects as Iterable<{ key: string }>) {
          if (KEY.test(key)) yield key;
        }
        paginationToken = page.paginationToken;
      } while (paginationToken);
    },
  };
}

/** Amazon's SDK is big: only who uses it loads it. */
async function openDriver(config: ObjectStoreConfig): Promise<DriverContract> {
  if (config.driver === 'disk') return new AtomicFolder(config.folder);
  const { createBucket } = await import('./bucket.ts');
  return createBucket(config);
}

function check(pattern: RegExp, key: string): void {
  if (!pattern.test(key) || key.length > 500) throw new InvalidFileKeyError('not a key of a file');
}

/** Node's ENOENT; S3's NoSuchKey and NotFound; flydrive wraps either. */
function isMissing(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if ('code' in current && current.code === 'ENOENT') return true;
    if (current.name === 'NoSuchKey' || current.name === 'NotFound') return true;
  }
  return false;
}
