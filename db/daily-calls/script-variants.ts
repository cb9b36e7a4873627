import type { Kysely } from 'kysely';
import { chooseVariant } from '../../shared/daily-calls/choose-variant.ts';
import type { Database } from '../tables/database.ts';

/**
 * The variant of the script that a user hears, the same every day: chosen by weight at the first call and kept,
 * whatever becomes of the weights. Null: the user has no script, or it has no variants.
 */
export async function variantOf(
  trx: Kysely<Database>,
  userId: string,
  scriptId: string | null,
): Promise<string | null> {
  if (!scriptId) return null;
  const kept = await trx
    .selectFrom('script_assignments')
    .where('user_id', '=', userId)
    .where('script_id', '=', scriptId)
    .select('variant_id')
    .executeTakeFirst();
  if (kept) return kept.variant_id;
  const variants = await trx
    .selectFrom('script_variants')
    .where('script_id', '=', scriptId)
    .select(['id', 'weight'])
    .orderBy('id')
    .execute();
  const chosen = chooseVariant(`${userId}/${scriptId}`, variants);
  if (!chosen) return null;
  await trx
    .insertInto('script_assignments')
    .values({ user_id: userId, script_id: scriptId, variant_id: chosen })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return chosen;
}
