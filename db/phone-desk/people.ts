import { type Kysely, sql, type Transaction } from 'kysely';
import type { PersonKey, Vault } from '../../platform/vault.ts';
import type { Database } from '../tables/database.ts';
import { isBlocked, unblockChannel } from './notification/channel-blocks.ts';

type Executor = Kysely<Database> | Transaction<Database>;

export interface CustomerDetails {
  companyId: string;
  /** E.164, or null for a caller who hides the number: such a caller is a new customer every time. */
  phoneE164: string | null;
  phoneIsMobile: boolean;
  name: string | null;
  email: string | null;
  timeZone: string;
  locale: string;
  /** The address is as good as a number: whoever gave it has proved it (an attendee in the calendar). */
  knownByEmail?: boolean;
}

export interface CustomerRef {
  customerId: string;
  personId: string;
  /** Seals whatever else is stored about the person. */
  key: PersonKey;
}

/**
 * The customer with this number in this company, made when there is none. A name or address that was not
 * known before is filled in; a known one is not overwritten, except a mail address to which nothing can be
 * delivered. Two callers at once get one customer.
 */
export async function findOrCreateCustomer(
  db: Executor,
  vault: Vault,
  details: CustomerDetails,
): Promise<CustomerRef> {
  const { companyId, email } = details;
  const index = details.phoneE164 ? vault.blindIndex(companyId, details.phoneE164) : null;
  const emailIndex = email ? indexOfEmail(vault, companyId, email) : null;
  const known = index
    ? await findBy(db, companyId, 'phone_index', index)
    : details.knownByEmail && emailIndex
      ? await findByEmail(db, companyId, emailIndex)
      : undefined;
  if (known) {
    const key = vault.openPersonKey(known.wrapped_key);
    await fillIn(db, vault, key, known, details);
    return { customerId: known.id, personId: known.person_id, key };
  }

  const { wrapped, key } = vault.newPersonKey();
  const person = await db
    .insertInto('person_keys')
    .values({ wrapped_key: wrapped })
    .returning('id')
    .executeTakeFirstOrThrow();
  const created = await db
    .insertInto('customers')
    .values({
      company_id: details.companyId,
      person_id: person.id,
      phone_index: index,
      email_index: emailIndex,
      phone_sealed: details.phoneE164 ? key.seal('customers.phone', details.phoneE164) : null,
      name_sealed: details.name ? key.seal('customers.name', details.name) : null,
      email_sealed: details.email ? key.seal('customers.email', details.email) : null,
      phone_is_mobile: details.phoneIsMobile,
      time_zone: details.timeZone,
      locale: details.locale,
    })
    .onConflict((conflict) => conflict.columns(['company_id', 'phone_index']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (created) return { customerId: created.id, personId: person.id, key };

  // Another caller made the customer in this moment: ours is dropped, theirs is taken.
  await db.deleteFrom('person_keys').where('id', '=', person.id).execute();
  return findOrCreateCustomer(db, vault, details);
}

/** Of an address in lower case, apart from the indexes of numbers. */
const indexOfEmail = (vault: Vault, companyId: string, email: string) =>
  vault.blindIndex(`${companyId}:email`, email.trim().toLowerCase());

/** The oldest customer with this address. Who asks for the same one at once waits, so that it is not made twice. */
async function findByEmail(db: Executor, companyId: string, index: Buffer) {
  await sql`SELECT pg_advisory_xact_lock(3, hashtext(${index.toString('hex')}))`.execute(db);
  return findBy(db, companyId, 'email_index', index);
}

function findBy(db: Executor, companyId: string, column: 'phone_index' | 'email_index', index: Buffer) {
  return db
    .selectFrom('customers')
    .innerJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .where('company_id', '=', companyId)
    .where(column, '=', index)
    .orderBy('customers.created_at')
    .orderBy('customers.id')
    .select([
      'customers.id',
      'person_keys.id as person_id',
      'customers.name_sealed',
      'customers.email_sealed',
      'customers.email_index',
      'person_keys.wrapped_key',
      isBlocked('email', 'bad-address').as('email_is_bad'),
    ])
    .executeTakeFirst();
}

async function fillIn(
  db: Executor,
  vault: Vault,
  key: PersonKey,
  known: NonNullable<Awaited<ReturnType<typeof findBy>>>,
  details: CustomerDetails,
): Promise<void> {
  const knownEmail = known.email_sealed && key.open('customers.email', known.email_sealed);
  const newEmail = details.email !== knownEmail && (!knownEmail || known.email_is_bad) ? details.email : null;
  const email = newEmail ?? knownEmail;
  const news = {
    ...(email && (newEmail || !known.email_index)
      ? { email_index: indexOfEmail(vault, details.companyId, email) }
      : {}),
    ...(details.name && !known.name_sealed ? { name_sealed: key.seal('customers.name', details.name) } : {}),
    ...(newEmail ? { email_sealed: key.seal('customers.email', newEmail) } : {}),
  };
  if (Object.keys(news).length === 0) return;
  if (newEmail && known.email_is_bad) await unblockChannel(db, [known.id], 'email', ['bad-address']);
  await db
    .updateTable('customers')
    .set({ ...news, updated_at: new Date() })
    .where('id', '=', known.id)
    .execute();
}

/** A customer as the effects need it, opened; null fields were never given. */
export interface Customer {
  id: string;
  name: string | null;
  email: string | null;
  phoneE164: string | null;
  phoneIsMobile: boolean;
  timeZone: string;
  locale: string;
}

/** What `toCustomer` needs, for queries that join `customers` and `person_keys`. */
export const customerColumns = [
  'customers.id as customer_id',
  'customers.name_sealed',
  'customers.email_sealed',
  'customers.phone_sealed',
  'customers.phone_is_mobile',
  'customers.time_zone as customer_time_zone',
  'customers.locale as customer_locale',
  'person_keys.wrapped_key',
] as const;

interface CustomerRow {
  customer_id: string;
  name_sealed: Buffer | null;
  email_sealed: Buffer | null;
  phone_sealed: Buffer | null;
  phone_is_mobile: boolean;
  customer_time_zone: string;
  customer_locale: string;
  wrapped_key: Buffer;
}

/** Opens a customer that was read with `customerColumns`. */
export function toCustomer(vault: Vault, row: CustomerRow): Customer {
  const key = vault.openPersonKey(row.wrapped_key);
  const open = (field: string, sealed: Buffer | null) =>
    sealed ? key.open(`customers.${field}`, sealed) : null;
  return {
    id: row.customer_id,
    name: open('name', row.name_sealed),
    email: open('email', row.email_sealed),
    phoneE164: open('phone', row.phone_sealed),
    phoneIsMobile: row.phone_is_mobile,
    timeZone: row.customer_time_zone,
    locale: row.customer_locale,
  };
}

/** Reads and opens one customer. Undefined when there is none (erased). */
export async function readCustomer(db: Executor, vault: Vault, id: string): Promise<Customer | undefined> {
  const row = await db
    .selectFrom('customers')
    .innerJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .where('customers.id', '=', id)
    .select(customerColumns)
    .executeTakeFirst();
  return row && toCustomer(vault, row);
}
