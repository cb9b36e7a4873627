import type { Kysely } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import { type CreatedRange, listPage, type Page, type PageRequest } from '../page.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';
import { isBlocked } from './notification/channel-blocks.ts';

export interface CustomerFilter extends CreatedRange {
  /** null: every company. */
  companyId: string | null;
}

function customersWithKeys(db: Kysely<Database>, companyId: string | null) {
  return db
    .selectFrom('customers')
    .innerJoin('companies', 'companies.id', 'customers.company_id')
    .leftJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .select([
      'customers.id',
      'companies.slug as company',
      'customers.phone_sealed',
      'customers.name_sealed',
      'customers.email_sealed',
      'customers.phone_is_mobile',
      isBlocked('sms', 'opted-out').as('sms_opted_out'),
      'customers.time_zone',
      'customers.locale',
      'customers.created_at',
      'customers.updated_at',
      'person_keys.wrapped_key',
    ])
    .$if(companyId !== null, (query) => query.where('customers.company_id', '=', companyId as string));
}

type CustomerRow = Awaited<ReturnType<ReturnType<typeof customersWithKeys>['executeTakeFirstOrThrow']>>;

function present(row: CustomerRow, vault: Vault) {
  const open = openerOf(vault, row.wrapped_key);
  return {
    id: row.id,
    company: row.company,
    name: open('customers.name', row.name_sealed),
    phone: open('customers.phone', row.phone_sealed),
    email: open('customers.email', row.email_sealed),
    phoneIsMobile: row.phone_is_mobile,
    smsOptedOut: row.sms_opted_out,
    timeZone: row.time_zone,
    locale: row.locale,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export type CustomerView = ReturnType<typeof present>;

/** Customers with their opened columns, newest first. */
export async function listCustomers(
  db: Kysely<Database>,
  vault: Vault,
  filter: CustomerFilter,
  page: PageRequest,
): Promise<Page<CustomerView>> {
  const matching = customersWithKeys(db, filter.companyId);
  const { items, next } = await listPage(matching, 'customers', filter, page);
  return { next, items: items.map((row) => present(row, vault)) };
}

/** One customer; undefined outside `companyId` (null: any). */
export async function findCustomer(db: Kysely<Database>, vault: Vault, companyId: string | null, id: string) {
  const row = await customersWithKeys(db, companyId).where('customers.id', '=', id).executeTakeFirst();
  return row && present(row, vault);
}
