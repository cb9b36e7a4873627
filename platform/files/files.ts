import { pipeline, Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { Database } from '../../db/tables/database.ts';
import { failure } from '../../shared/failures.ts';
import { personOfKey } from '../../shared/file-keys.ts';
import type { PersonKey, Vault } from '../vault.ts';
import { type LinkedFile, type OpenedLink, openLink, signLink } from './file-links.ts';

/** Where the bytes are; integrations/files/object-store.ts. */
interface Store {
  put(key: string, contents: Readable | Buffer, contentType: string): Promise<number>;
  get(key: string): Promise<Readable>;
  exists(key: string): Promise<boolean>;
  delete(key: string): Promise<void>;
  deleteAll(folder: string): Promise<void>;
  list(folder: string): AsyncIterable<string>;
}

/**
 * Files of the application. What lies in a person's folder (shared/file-keys.ts) is sealed with that person's key on
 * its way in and opened on its way out; once the key is destroyed nobody can read it, wherever a copy may be.
 */
export interface Files extends Pick<Store, 'exists' | 'delete' | 'deleteAll' | 'list'> {
  /** Writes a whole file or none. Returns the size of what is stored. Throws `NotFound` when the person was erased. */
  put(key: string, contents: Readable | Buffer, contentType: string): Promise<number>;
  /** Throws `NotFound` when there is no such file, or the person was erased. */
  get(key: string): Promise<Readable>;
  /** An address at which everybody who has it gets the file, until it expires. */
  link(file: LinkedFile, ttlMs: number): { url: string; expiresAt: Date };
  openLink(token: string): OpenedLink;
}

export function createFiles(parts: {
  store: Store;
  db: Kysely<Database>;
  vault: Pick<Vault, 'openPersonKey' | 'blindIndex'>;
  publicUrl: string;
  clock: () => Date;
}): Files {
  const { store, db, vault, publicUrl, clock } = parts;

  async function keyOf(personId: string): Promise<PersonKey> {
    const person = await db
      .selectFrom('person_keys')
      .where('id', '=', personId)
      .select('wrapped_key')
      .executeTakeFirst();
    if (!person) throw failure('NotFound', `person ${personId} was erased`);
    return vault.openPersonKey(person.wrapped_key);
  }

  return {
    exists: store.exists,
    delete: store.delete,
    deleteAll: store.deleteAll,
    list: store.list,
    async put(key, contents, contentType) {
      const personId = personOfKey(key);
      if (!personId) return store.put(key, contents, contentType);
      const sealing = (await keyOf(personId)).sealStream(key);
      const source = Buffer.isBuffer(contents) ? Readable.from([contents]) : contents;
      // What goes wrong on the way reaches the store, which reads `sealing` to its end.
      pipeline(source, sealing, () => undefined);
      return store.put(key, sealing, 'application/octet-stream');
    },
    async get(key) {
      const personId = personOfKey(key);
      const opening = personId ? (await keyOf(personId)).openStream(key) : null;
      const contents = await store.get(key).catch((error: unknown) => {
        const missing = error instanceof Error && error.name === 'MissingFileError';
        throw missing ? failure('NotFound', `there is no file ${key}`) : error;
      });
      if (!opening) return contents;
      pipeline(contents, opening, () => undefined);
      return opening;
    },
    link(file, ttlMs) {
      const expiresAt = new Date(clock().getTime() + ttlMs);
      return { url: `${publicUrl}/api/files/${signLink(vault, file, expiresAt)}`, expiresAt };
    },
    openLink: (token) => openLink(vault, token, clock()),
  };
}
