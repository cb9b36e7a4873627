import type { Kysely } from 'kysely';
import type { Database } from '../tables/database.ts';
import type { Subject } from './subjects.ts';

const standing = (db: Kysely<Database>, personId: string) =>
  db.selectFrom('legal_holds').where('person_id', '=', personId).where('released_at', 'is', null);

/** The hold that keeps everything of a person where it is. */
export function findHold(db: Kysely<Database>, personId: string) {
  return standing(db, personId)
    .select(['id', 'reference', 'placed_by as placedBy', 'placed_at as placedAt'])
    .executeTakeFirst();
}

export type LegalHold = NonNullable<Awaited<ReturnType<typeof findHold>>>;

/** Places a hold; call it with the person locked. Undefined: one stands already. */
export function placeHold(
  trx: Kysely<Database>,
  { companyId }: Subject,
  personId: string,
  { reference, by }: { reference: string; by: string },
): Promise<LegalHold | undefined> {
  return trx
    .insertInto('legal_holds')
    .values({
      person_id: personId,
      company_id: companyId,
      reference,
      placed_by: by,
      released_by: null,
      released_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'reference', 'placed_by as placedBy', 'placed_at as placedAt'])
    .executeTakeFirst();
}

/** Returns the id of the hold that was released; undefined: none stood. */
export async function releaseHold(
  trx: Kysely<Database>,
  personId: string,
  by: string,
): Promise<string | undefined> {
  const released = await trx
    .updateTable('legal_holds')
    .set({ released_by: by, released_at: new Date() })
    .where('person_id', '=', personId)
    .where('released_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return released?.id;
}
