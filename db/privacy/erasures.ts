import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import { phoneIndex } from '../daily-calls/user-values.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';
import type { ErasureStatus, SubjectKind } from '../tables/privacy.ts';
import { closeEntities, lockErasure } from './erase.ts';
import { type ErasureRoots, readScope } from './erasure-scope.ts';
import { findHold } from './legal-holds.ts';
import { senderOf } from './senders.ts';
import { lockPerson, type Subject } from './subjects.ts';

/** Files a request; call it with the person locked. One that is under way is the same. */
export async function fileErasure(
  trx: Kysely<Database>,
  { kind, id: subjectId, companyId }: Subject,
  personId: string,
  { id, reason, by }: { id: string; reason: string; by: string },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO erasures (id, company_id, person_id, subject, subject_id, reason, requested_by)
    VALUES (${id}, ${companyId}, ${personId}, ${kind}, ${subjectId}, ${reason}, ${by})
    ON CONFLICT (person_id) WHERE status IN ('accepted', 'erasing') DO UPDATE SET reason = erasures.reason
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

/** The request that led, or leads, to a record's being erased. */
export function findErasureOf(db: Kysely<Database>, kind: SubjectKind, subjectId: string) {
  return db
    .selectFrom('erasures')
    .where('subject', '=', kind)
    .where('subject_id', '=', subjectId)
    .select(['id', 'status'])
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
}

/** One request with its proof; undefined outside `companyId` (null: any). */
export function findErasure(db: Kysely<Database>, companyId: string | null, id: string) {
  return db
    .selectFrom('erasures')
    .innerJoin('companies', 'companies.id', 'erasures.company_id')
    .where('erasures.id', '=', id)
    .$if(companyId !== null, (query) => query.where('erasures.company_id', '=', companyId as string))
    .select([
      'erasures.id',
      'companies.slug as company',
      'subject',
      'subject_id as subjectId',
      'reason',
      'requested_by as requestedBy',
      'status',
      'same_number as sameNumber',
      'found',
      'remains',
      'erasures.created_at as createdAt',
      'begun_at as begunAt',
      'key_destroyed_at as keyDestroyedAt',
      'verified_at as verifiedAt',
      'finished_at as finishedAt',
    ])
    .executeTakeFirst();
}

export function readErasure(db: Kysely<Database>, id: string) {
  return db.selectFrom('erasures').where('id', '=', id).selectAll().executeTakeFirstOrThrow();
}

export type Begun = 'begun' | 'held' | Extract<ErasureStatus, 'erased' | 'partly-erased'>;

/**
 * The point of no return, in one transaction: nobody finds the person by number or by the company's own id any more
 * (who comes back with it is somebody new), nothing that comes in about the person is kept, and no hold can be placed. A repeat passes.
 */
export function beginErasure(db: Kysely<Database>, vault: Vault, erasureId: string): Promise<Begun> {
  return db.transaction().execute(async (trx) => {
    const erasure = await lockErasure(trx, erasureId);
    const { status, person_id: personId, company_id: companyId } = erasure;
    if (status === 'erasing') return 'begun';
    if (status !== 'accepted') return status;
    await lockPerson(trx, personId);
    if (await findHold(trx, personId)) {
      await trx
        .updateTable('erasures')
        .set({ status: 'held', finished_at: new Date() })
        .where('id', '=', erasureId)
        .execute();
      return 'held';
    }
    const rootsOf = async (table: 'customers' | 'call_users') => {
      const rows = await trx
        .selectFrom(table)
        .where('person_id', '=', personId)
        .select('id')
        .forUpdate()
        .execute();
      return rows.map(({ id }) => id);
    };
    const customer_ids = await rootsOf('customers');
    const user_ids = await rootsOf('call_users');
    const phones = await phonesOf(trx, vault, [personId]);
    const senders = phones.map((phone) => senderOf(vault, phone));
    const begun_at = new Date();
    const roots = { company_id: companyId, person_id: personId, customer_ids, user_ids, senders, begun_at };
    const sameNumber = await findSameNumber(trx, vault, roots, phones);
    const scope = await readScope(trx, roots);
    await closeEntities(trx, scope.entities);
    await sql`
      UPDATE customers SET phone_index = NULL, email_index = NULL, erased_at = now() WHERE id = ANY(${customer_ids}::uuid[])`.execute(
      trx,
    );
    await sql`
      UPDATE call_users SET phone_index = NULL, external_id = NULL, call_enabled = false, next_call_at = NULL, next_call_date = NULL,
        deleted_at = coalesce(deleted_at, now()), erased_at = now()
      WHERE id = ANY(${user_ids}::uuid[])`.execute(trx);
    await sql`
      UPDATE calls SET erased_at = now() WHERE id = ANY(${scope.calls.map(({ id }) => id)}::uuid[])`.execute(
      trx,
    );
    await trx
      .updateTable('erasures')
      .set({
        status: 'erasing',
        begun_at,
        senders,
        customer_ids,
        user_ids,
        same_number: JSON.stringify(sameNumber),
      })
      .where('id', '=', erasureId)
      .execute();
    return 'begun';
  });
}

/** Every number that is kept of these people. */
export async function phonesOf(trx: Kysely<Database>, vault: Vault, personIds: string[]): Promise<string[]> {
  const { rows } = await sql<{ field: string; sealed: Buffer; wrapped: Buffer }>`
    SELECT 'customers.phone' AS field, phone_sealed AS sealed, wrapped_key AS wrapped
      FROM customers JOIN person_keys k ON k.id = person_id WHERE person_id = ANY(${personIds}::uuid[]) AND phone_sealed IS NOT NULL
    UNION ALL SELECT 'call_users.phone', phone_sealed, wrapped_key
      FROM call_users JOIN person_keys k ON k.id = person_id WHERE person_id = ANY(${personIds}::uuid[]) AND phone_sealed IS NOT NULL`.execute(
    trx,
  );
  return rows.map(({ field, sealed, wrapped }) => openerOf(vault, wrapped)(field, sealed)!);
}

/** Other records of the company with a number of this person: they are named, and stay. */
async function findSameNumber(
  trx: Kysely<Database>,
  vault: Vault,
  { company_id: companyId, person_id: personId }: ErasureRoots,
  phones: string[],
): Promise<{ kind: SubjectKind; id: string }[]> {
  const { rows } = await sql<{ kind: SubjectKind; id: string }>`
    SELECT 'customer' AS kind, id FROM customers WHERE company_id = ${companyId} AND person_id <> ${personId}
      AND phone_index = ANY(${phones.map((phone) => vault.blindIndex(companyId, phone))}::bytea[])
    UNION ALL SELECT 'call-user', id FROM call_users WHERE company_id = ${companyId} AND person_id <> ${personId}
      AND phone_index = ANY(${phones.map((phone) => phoneIndex(vault, phone))}::bytea[])`.execute(trx);
  return rows;
}

/** Everything was looked at and nothing found. */
export async function noteVerified(db: Kysely<Database>, erasureId: string): Promise<void> {
  await db.updateTable('erasures').set({ verified_at: new Date() }).where('id', '=', erasureId).execute();
}
