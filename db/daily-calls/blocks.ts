import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { type CreatedRange, cutPage, type Page, type PageRequest, positionOf } from '../page.ts';
import type { Database } from '../tables/database.ts';

/** A listing of the do-not-call list; `company` null: nobody may call the number. */
export interface DoNotCallView {
  /** The beginning of the number's blind index; tells nothing about the number. */
  id: string;
  company: string | null;
  reason: string;
  createdAt: Date;
}

/** 128 bits tell listings apart; the rest of the index need not leave the database. */
const ID_BYTES = 16;
const INDEX_BYTES = 32;

const idOf = (column: string): RawBuilder<string> =>
  sql<string>`encode(substring(${sql.ref(column)} FROM 1 FOR ${sql.lit(ID_BYTES)}), 'hex')`;

const listings = (db: Kysely<Database>) =>
  db
    .selectFrom('do_not_call')
    .leftJoin('companies', 'companies.id', 'do_not_call.company_id')
    .select([
      idOf('do_not_call.phone_index').as('id'),
      'companies.slug as company',
      'do_not_call.reason',
      'do_not_call.created_at as createdAt',
    ]);

/** What concerns a company: its own listings and those for everybody. */
const concerning = (companyId: string | null): RawBuilder<SqlBool> =>
  companyId === null
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(do_not_call.company_id IS NULL OR do_not_call.company_id = ${companyId})`;

/** Listings that concern a company (null: all), newest first. */
export async function listDoNotCall(
  db: Kysely<Database>,
  { companyId, createdFrom, createdBefore }: CreatedRange & { companyId: string | null },
  { limit, after }: PageRequest,
): Promise<Page<DoNotCallView>> {
  const rows = await listings(db)
    .select(positionOf('do_not_call.created_at').as('position'))
    .where(concerning(companyId))
    .$if(createdFrom !== undefined, (query) =>
      query.where('do_not_call.created_at', '>=', createdFrom as Date),
    )
    .$if(createdBefore !== undefined, (query) =>
      query.where('do_not_call.created_at', '<', createdBefore as Date),
    )
    .$if(after !== null, (query) =>
      query.where(
        sql<SqlBool>`(do_not_call.created_at, ${idOf('do_not_call.phone_index')}) < (${after?.createdAt}::timestamptz, ${after?.id})`,
      ),
    )
    .orderBy('do_not_call.created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return cutPage(rows, limit);
}

/** The listings of a number that concern a company (null: all). */
export function findDoNotCall(
  db: Kysely<Database>,
  companyId: string | null,
  phoneIndex: Buffer,
): Promise<DoNotCallView[]> {
  return listings(db)
    .where('do_not_call.phone_index', '=', phoneIndex)
    .where(concerning(companyId))
    .orderBy('do_not_call.created_at')
    .execute();
}

/** Lists a number for a company (null: for everybody). A listing that is there stays as it is. */
export async function insertDoNotCall(
  trx: Kysely<Database>,
  companyId: string | null,
  phoneIndex: Buffer,
  reason: string,
): Promise<DoNotCallView> {
  await trx
    .insertInto('do_not_call')
    .values({ phone_index: phoneIndex, company_id: companyId, reason })
    .onConflict((conflict) => conflict.columns(['phone_index', 'company_id']).doNothing())
    .execute();
  return listings(trx)
    .where('do_not_call.phone_index', '=', phoneIndex)
    .where('do_not_call.company_id', 'is not distinct from', companyId)
    .executeTakeFirstOrThrow();
}

/** Takes a listing of a company (null: the one for everybody) off the list; undefined: there is none. */
export async function deleteDoNotCall(
  trx: Kysely<Database>,
  companyId: string | null,
  id: string,
): Promise<{ reason: string; createdAt: Date } | undefined> {
  const start = Buffer.from(id, 'hex');
  const rest = INDEX_BYTES - ID_BYTES;
  return trx
    .deleteFrom('do_not_call')
    .where('phone_index', '>=', Buffer.concat([start, Buffer.alloc(rest, 0)]))
    .where('phone_index', '<=', Buffer.concat([start, Buffer.alloc(rest, 0xff)]))
    .where('company_id', 'is not distinct from', companyId)
    .returning(['reason', 'created_at as createdAt'])
    .executeTakeFirst();
}

/** A pause of a company's calls; `company` null: of all calls. */
export interface CallPauseView {
  company: string | null;
  reason: string;
  createdAt: Date;
}

/** The pauses that concern a company (null: all of them), the one of everything first. */
export function listCallPauses(db: Kysely<Database>, companyId: string | null): Promise<CallPauseView[]> {
  return db
    .selectFrom('call_pauses')
    .leftJoin('companies', 'companies.id', 'call_pauses.company_id')
    .select(['companies.slug as company', 'call_pauses.reason', 'call_pauses.created_at as createdAt'])
    .$if(companyId !== null, (query) =>
      query.where((eb) =>
        eb.or([eb('call_pauses.company_id', 'is', null), eb('call_pauses.company_id', '=', companyId)]),
      ),
    )
    .orderBy(sql`companies.slug NULLS FIRST`)
    .execute();
}

/** Pauses a company (null: everything). A pause that is there stays, with the new reason. */
export async function insertCallPause(
  trx: Kysely<Database>,
  companyId: string | null,
  reason: string,
): Promise<{ reason: string; createdAt: Date }> {
  return trx
    .insertInto('call_pauses')
    .values({ company_id: companyId, reason })
    .onConflict((conflict) => conflict.column('company_id').doUpdateSet({ reason }))
    .returning(['reason', 'created_at as createdAt'])
    .executeTakeFirstOrThrow();
}

/** Ends a pause; false: there is none. */
export async function deleteCallPause(trx: Kysely<Database>, companyId: string | null): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('call_pauses')
    .where('company_id', 'is not distinct from', companyId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
