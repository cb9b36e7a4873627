import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
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
      await write(beside, contents);
      await rename(beside, place);
    } catch (error) {
      contents.destroy();
      await rm(beside, { force: true });
      throw error;
    }
  }
}

/** The file is there before anything can go wrong with its contents, so that it is not made after it was removed. */
async function write(path: string, contents: Readable): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await writeFile(file, contents);
    await file.sync();
  } finally {
    await file.close();
  }
}
