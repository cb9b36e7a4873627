import type { Kysely } from 'kysely';
import type { CompanyRetention } from '../tables/companies.ts';
import type { Database } from '../tables/database.ts';

export async function readRetention(db: Kysely<Database>, companyId: string): Promise<CompanyRetention> {
  const { retention } = await db
    .selectFrom('companies')
    .where('id', '=', companyId)
    .select('retention')
    .executeTakeFirstOrThrow();
  return retention;
}

/** Sets what is given; null goes back to the setting. Returns what the company has set by then. */
export async function changeRetention(
  trx: Kysely<Database>,
  companyId: string,
  change: { [Field in keyof CompanyRetention]?: number | null | undefined },
): Promise<CompanyRetention> {
  await trx.selectFrom('companies').where('id', '=', companyId).select('id').forUpdate().execute();
  const before = await readRetention(trx, companyId);
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const after = Object.fromEntries(
    Object.entries({ ...before, ...Object.fromEntries(given) }).filter(([, value]) => value !== null),
  ) as CompanyRetention;
  await trx
    .updateTable('companies')
    .set({ retention: JSON.stringify(after) })
    .where('id', '=', companyId)
    .execute();
  return after;
}
