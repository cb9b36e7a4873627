import type { Kysely } from 'kysely';
import type { Database } from './tables/database.ts';

/** Reads everything as it was at one moment, so that the parts of an answer belong together. Nothing can be written. */
export const readAtOnce = <T>(
  db: Kysely<Database>,
  read: (moment: Kysely<Database>) => Promise<T>,
): Promise<T> =>
  db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
