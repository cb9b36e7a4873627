import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { Database } from '../tables/database.ts';
import { readScope } from './erasure-scope.ts';
import { phonesOf } from './erasures.ts';
import { senderOf } from './senders.ts';

/** What the inbox keeps the events of people on legal hold under: workflow ids and senders. */
export async function heldEntities(db: Kysely<Database>, vault: Vault): Promise<string[]> {
  const { rows } = await sql<{ companyId: string; personIds: string[] }>`
    SELECT company_id AS "companyId", array_agg(person_id) AS "personIds"
    FROM legal_holds WHERE released_at IS NULL GROUP BY company_id`.execute(db);
  const kept: string[] = [];
  for (const { companyId, personIds } of rows) {
    const idsOf = async (table: 'customers' | 'call_users') =>
      (await db.selectFrom(table).where('person_id', 'in', personIds).select('id').execute()).map(
        ({ id }) => id,
      );
    const senders = (await phonesOf(db, vault, personIds)).map((phone) => senderOf(vault, phone));
    const scope = await readScope(db, {
      company_id: companyId,
      // Their calls are found by customer; this one only adds to it.
      person_id: personIds[0]!,
      customer_ids: await idsOf('customers'),
      user_ids: await idsOf('call_users'),
      senders,
      begun_at: null,
    });
    kept.push(...scope.entities, ...senders);
  }
  return kept;
}
