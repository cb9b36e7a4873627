import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from './tables/database.ts';

const KEY_BYTES = 32;

/** The key has 256 bits of chance, so a plain hash is enough to make a stolen table useless. */
const hashOf = (key: string) => createHash('sha256').update(key).digest();

/** The plain key that 256 secret bits make. */
export const apiKeyOf = (secret: Buffer): string => `sb_${secret.toString('base64url')}`;

export interface NewApiKey {
  id: string;
  /** The plain key; it is shown here once and never again. */
  key: string;
}

/**
 * Makes a key of a company, or (null) of an operator, who sees every company. `secret` are 256 bits that nobody can
 * guess; chance, unless the caller must come to the same key again.
 */
export async function createApiKey(
  db: Kysely<Database>,
  {
    companyId,
    name,
    secret = randomBytes(KEY_BYTES),
  }: { companyId: string | null; name: string; secret?: Buffer },
): Promise<NewApiKey> {
  const key = apiKeyOf(secret);
  const { id } = await db
    .insertInto('api_keys')
    .values({ company_id: companyId, name, key_hash: hashOf(key), key_hint: key.slice(-4), revoked_at: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, key };
}

/** The live key with this plain text; undefined for one that is unknown, revoked, or of a closed company. */
export async function findApiKey(db: Kysely<Database>, key: string) {
  const row = await db
    .selectFrom('api_keys')
    .leftJoin('companies', 'companies.id', 'api_keys.company_id')
    .where('key_hash', '=', hashOf(key))
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('api_keys.company_id', 'is', null), eb('companies.active', '=', true)]))
    .select(['api_keys.id', 'api_keys.name', 'api_keys.company_id'])
    .executeTakeFirst();
  return row && { keyId: row.id, name: row.name, companyId: row.company_id };
}

/** Ends a key for good. */
export async function revokeApiKey(db: Kysely<Database>, id: string): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}
