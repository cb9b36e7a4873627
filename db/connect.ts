import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './tables/database.ts';

export type Db = Kysely<Database>;

export interface Connection {
  db: Db;
  /** The pool below Kysely, for the few hot statements that are written as SQL. */
  pool: pg.Pool;
  close(): Promise<void>;
}

/** A calendar day is no moment: `date` columns are read as `YYYY-MM-DD`, not as midnight in some zone. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.DATE && format !== 'binary'
      ? (value: string) => value
      : pg.types.getTypeParser(oid, format),
};

/** Opens a pool of at most `poolSize` connections; nothing is connected before the first query. */
export function connectDatabase(connectionString: string, poolSize: number): Connection {
  const pool = new pg.Pool({ connectionString, max: poolSize, connectionTimeoutMillis: 5_000, types });
  // An idle connection that the server closes must not end the process; the next query opens a new one.
  pool.on('error', () => undefined);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const close = async () => {
    await db.destroy();
    // Kysely ends the pool only if it has asked something itself.
    if (!pool.ending) await pool.end();
  };
  return { db, pool, close };
}
