import type { Kysely, Selectable } from 'kysely';
import type { CompaniesTable } from './tables/companies.ts';
import type { Database } from './tables/database.ts';

export type Company = Pick<
  Selectable<CompaniesTable>,
  'id' | 'slug' | 'name' | 'time_zone' | 'locale' | 'country' | 'currency' | 'active' | 'suspended_at'
>;

const companies = (db: Kysely<Database>) =>
  db
    .selectFrom('companies')
    .select(['id', 'slug', 'name', 'time_zone', 'locale', 'country', 'currency', 'active', 'suspended_at']);

export function findCompany(db: Kysely<Database>, id: string): Promise<Company | undefined> {
  return companies(db).where('id', '=', id).executeTakeFirst();
}

export function findCompanyBySlug(db: Kysely<Database>, slug: string): Promise<Company | undefined> {
  return companies(db).where('slug', '=', slug).executeTakeFirst();
}

/** What a company offers now, by slug. */
export function listServices(
  db: Kysely<Database>,
  companyId: string,
): Promise<{ id: string; slug: string }[]> {
  return db
    .selectFrom('services')
    .select(['id', 'slug'])
    .where('company_id', '=', companyId)
    .where('active', '=', true)
    .orderBy('slug')
    .execute();
}

/** Who works at a company now, by e-mail. */
export function listStaff(db: Kysely<Database>, companyId: string): Promise<{ id: string; email: string }[]> {
  return db
    .selectFrom('staff')
    .select(['id', 'email'])
    .where('company_id', '=', companyId)
    .where('active', '=', true)
    .orderBy('email')
    .execute();
}
