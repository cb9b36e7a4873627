import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { Database } from '../tables/database.ts';
import type { Remains } from '../tables/privacy.ts';
import { erasurePlaces, type Place } from './erasure-places.ts';
import { type ErasureRoots, type ErasureScope, readScope } from './erasure-scope.ts';
import { scrubUnreadableEvents } from './unreadable-events.ts';

/** Which rows of a place still hold something. */
function stillThere(place: Place, scope: ErasureScope) {
  if (place.becomes === 'delete') return place.rows(scope);
  const differs = Object.entries(place.becomes).map(
    ([column, value]) => sql`${sql.ref(column)} IS DISTINCT FROM ${sql.raw(value)}`,
  );
  return sql`${place.rows(scope)} AND (${sql.join(differs, sql` OR `)})`;
}

async function empty(trx: Kysely<Database>, place: Place, scope: ErasureScope): Promise<number> {
  const still = stillThere(place, scope);
  const where = place.notYet ? sql`${still} AND (${place.notYet(scope)}) IS NOT TRUE` : still;
  const table = sql.table(place.table);
  if (place.becomes === 'delete') {
    const { numAffectedRows = 0n } = await sql`DELETE FROM ${table} WHERE ${where}`.execute(trx);
    return Number(numAffectedRows);
  }
  const set = Object.entries(place.becomes).map(
    ([column, value]) => sql`${sql.ref(column)} = ${sql.raw(value)}`,
  );
  const { numAffectedRows = 0n } = await sql`
    UPDATE ${table} SET ${sql.join(set)} WHERE ${where}`.execute(trx);
  return Number(numAffectedRows);
}

/** Nothing that still comes in about these is kept from here on. */
export async function closeEntities(trx: Kysely<Database>, entities: string[]): Promise<void> {
  await sql`
    INSERT INTO erased_entities (entity) SELECT DISTINCT unnest(${entities}::text[]) ON CONFLICT DO NOTHING`.execute(
    trx,
  );
}

/** Messages that a provider still has under an id of its own; asked before the ids are forgotten here. */
async function messagesAtVendors(trx: Kysely<Database>, scope: ErasureScope): Promise<Remains[]> {
  const attemptIds = scope.attempts.map(({ id }) => id);
  const { rows } = await sql<{ ref: string }>`
    SELECT vendor_ref AS ref FROM notifications
    WHERE customer_id = ANY(${scope.customerIds}::uuid[]) AND vendor_ref IS NOT NULL AND channel IN ('sms', 'whatsapp')
    UNION SELECT vendor_ref FROM call_notices
    WHERE attempt_id = ANY(${attemptIds}::uuid[]) AND vendor_ref IS NOT NULL`.execute(trx);
  return rows.length === 0 ? [] : [{ vendor: 'twilio', what: 'messages', ids: rows.map(({ ref }) => ref) }];
}

/**
 * Empties every place and destroys the key, in one transaction: a person is erased whole or not at all. A repeat finds
 * what has been written meanwhile by whoever was still at work. What was
 * found is added to the proof.
 */
export async function erase(
  db: Kysely<Database>,
  vault: Vault,
  erasureId: string,
  fileCount: number,
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const erasure = await lockErasure(trx, erasureId);
    const scope = await readScope(trx, erasure);
    await closeEntities(trx, scope.entities);
    const messages = await messagesAtVendors(trx, scope);
    const found: Record<string, number> = { ...erasure.found };
    const count = (place: string, rows: number) => {
      if (rows > 0) found[place] = (found[place] ?? 0) + rows;
    };
    // A repeat after a crash sees the same files.
    if (fileCount > 0) found.files = Math.max(found.files ?? 0, fileCount);
    count('unreadable events', await scrubUnreadableEvents(trx, vault, scope));
    for (const place of erasurePlaces) count(place.table, await empty(trx, place, scope));
    await trx
      .updateTable('erasures')
      .set({
        found: JSON.stringify(found),
        remains: JSON.stringify([...erasure.remains, ...messages]),
        key_destroyed_at: erasure.key_destroyed_at ?? new Date(),
      })
      .where('id', '=', erasureId)
      .execute();
  });
}

export function lockErasure(trx: Kysely<Database>, erasureId: string) {
  return trx
    .selectFrom('erasures')
    .where('id', '=', erasureId)
    .selectAll()
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** How many rows still hold something, by place; empty: nothing is found anywhere. */
export async function lookAgain(db: Kysely<Database>, roots: ErasureRoots): Promise<Record<string, number>> {
  const scope = await readScope(db, roots);
  const left: Record<string, number> = {};
  for (const place of erasurePlaces) {
    const { rows } = await sql<{ count: string }>`
      SELECT count(*) FROM ${sql.table(place.table)} WHERE ${stillThere(place, scope)}`.execute(db);
    const count = Number(rows[0]!.count);
    if (count > 0) left[place.table] = count;
  }
  return left;
}
