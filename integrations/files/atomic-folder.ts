import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FSDriver } from 'flydrive/drivers/fs';

/** `!` stands in no key, so that no list and no link ever sees a part. */
const part = (name: string) => `${name}!`;

/**
 * A folder in which a file is there whole or not at all: it is written beside its place and then put there. What a
 * killed process left of an earlier try is removed by the next one.
 */
export class AtomicFolder extends FSDriver {
  readonly #root: string;

  constructor(folder: string) {
    super({ location: folder, visibility: 'private' });
    this.#root = folder;
  }

  override async putStream(key: string, contents: Readable): Promise<void> {
    const place = join(this.#root, key);
    const folder = dirname(place);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const left = (await readdir(folder)).filter((name) => name.startsWith(part(basename(place))));
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
    const beside = `${part(place)}${randomUUID()}`;
    try {
      await pipeline(contents, createWriteStream(beside, { flags: 'wx', mode: 0o600, flush: true }));
      await rename(beside, place);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }
}
