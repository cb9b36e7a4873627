import { type Kysely, sql } from 'kysely';
import type { Database } from './tables/database.ts';

export interface IdempotentAnswer {
  requestHash: Buffer;
  response: Record<string, unknown>;
}

/**
 * Takes a key for the transaction that does its work, together with the answer that will be given. False:
 * the key is taken. A concurrent holder is waited for: this returns once that one committed or gave up.
 */
export async function takeIdempotencyKey(
  trx: Kysely<Database>,
  companyId: string | null,
  key: string,
  { requestHash, response }: IdempotentAnswer,
): Promise<boolean> {
  const taken = await trx
    .insertInto('idempotency_keys')
    .values({ company_id: companyId, key, request_hash: requestHash, response: JSON.stringify(response) })
    .onConflict((conflict) => conflict.columns(['company_id', 'key']).doNothing())
    .returning(sql<boolean>`true`.as('taken'))
    .executeTakeFirst();
  return taken !== undefined;
}

/** The answer that was given for a key before. */
export async function findIdempotentAnswer(
  db: Kysely<Database>,
  companyId: string | null,
  key: string,
): Promise<IdempotentAnswer | undefined> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'response'])
    .where('company_id', 'is not distinct from', companyId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row && { requestHash: row.request_hash, response: row.response ?? {} };
}

/** Forgets keys that are older than `olderThanMs`; returns their number. */
export async function pruneIdempotencyKeys(db: Kysely<Database>, olderThanMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', sql<Date>`now() - ${olderThanMs} * interval '1 millisecond'`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
