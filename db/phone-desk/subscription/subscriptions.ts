import { type Kysely, sql } from 'kysely';
import type { Alongside } from '../../effects.ts';
import type { Database } from '../../tables/database.ts';

/** The company behind a customer of Stripe; undefined: nobody here (any more). */
export async function findCompanyByCustomer(
  db: Kysely<Database>,
  customerId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('company_subscriptions')
    .where('stripe_customer_id', '=', customerId)
    .select('company_id')
    .executeTakeFirst();
  return row?.company_id;
}

/** The company of an invoice or a subscription that we know. */
export async function findCompanyByObject(
  db: Kysely<Database>,
  { type, id }: { type: string; id: string },
): Promise<string | undefined> {
  const row =
    type === 'invoice'
      ? await db.selectFrom('invoices').where('id', '=', id).select('company_id').executeTakeFirst()
      : type === 'subscription'
        ? await db
            .selectFrom('company_subscriptions')
            .where('stripe_subscription_id', '=', id)
            .select('company_id')
            .executeTakeFirst()
        : undefined;
  return row?.company_id;
}

/** The company with what it has at Stripe; undefined: no such company. */
export function readBillingAccount(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('companies')
    .leftJoin('company_subscriptions as s', 's.company_id', 'companies.id')
    .where('companies.id', '=', companyId)
    .select([
      'companies.id as companyId',
      'companies.slug',
      'companies.name',
      'companies.locale',
      'companies.currency',
      'companies.contact_email as contactEmail',
      'companies.created_at as createdAt',
      's.stripe_customer_id as customerId',
      's.stripe_subscription_id as subscriptionId',
      's.status',
      's.ended_at as endedAt',
      's.customer_number as customerNumber',
    ])
    .executeTakeFirst();
}

export type BillingAccount = NonNullable<Awaited<ReturnType<typeof readBillingAccount>>>;

/** A company's subscription as it was read last; nulls where it has none. */
export function readSubscription(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('companies')
    .leftJoin('company_subscriptions as s', 's.company_id', 'companies.id')
    .where('companies.id', '=', companyId)
    .select([
      's.status',
      's.currency',
      's.price_id',
      's.unit_amount_cents',
      's.quantity',
      's.trial_ends_at',
      's.period_starts_at',
      's.period_ends_at',
      's.cancel_at',
      's.ended_at',
      's.dunning_stage',
      's.read_at',
      'companies.suspended_at',
      'companies.data_kept_until',
    ])
    .executeTakeFirstOrThrow();
}

/** The company has a customer at Stripe; alongside the effect that made it. */
export const customerMade = (companyId: string, customerId: string): Alongside => sql`
  customer AS (
    INSERT INTO company_subscriptions AS s (company_id, stripe_customer_id)
    VALUES (${companyId}, ${customerId})
    ON CONFLICT (company_id) DO UPDATE SET stripe_customer_id = excluded.stripe_customer_id, updated_at = now()
    WHERE s.stripe_customer_id IS NULL
  )`;

/** Locks a company's subscription for the transaction and reads what stands of it; makes its row if there is none. */
export async function lockSubscription(trx: Kysely<Database>, companyId: string) {
  await trx
    .insertInto('company_subscriptions')
    .values({ company_id: companyId })
    .onConflict((conflict) => conflict.column('company_id').doNothing())
    .execute();
  return trx
    .selectFrom('company_subscriptions as s')
    .innerJoin('companies', 'companies.id', 's.company_id')
    .where('s.company_id', '=', companyId)
    .select([
      's.read_at',
      's.stripe_customer_id',
      's.stripe_subscription_id',
      's.status',
      's.ended_at',
      's.cancel_at',
      'companies.currency',
      'companies.suspended_at',
      'companies.data_kept_until',
    ])
    .forUpdate('s')
    .executeTakeFirstOrThrow();
}

export type LockedSubscription = Awaited<ReturnType<typeof lockSubscription>>;

/** The state of a subscription as it was read at Stripe. */
export interface SubscriptionState {
  stripe_subscription_id: string | null;
  status: string;
  currency: string | null;
  price_id: string | null;
  unit_amount_cents: number | null;
  quantity: number | null;
  trial_ends_at: Date | null;
  period_starts_at: Date | null;
  period_ends_at: Date | null;
  cancel_at: Date | null;
  ended_at: Date | null;
  dunning_stage: 'none' | 'first' | 'second' | 'final';
}

export async function writeSubscription(
  trx: Kysely<Database>,
  companyId: string,
  state: SubscriptionState,
  readAt: Date,
): Promise<void> {
  await trx
    .updateTable('company_subscriptions')
    .set({ ...state, read_at: readAt, updated_at: new Date() })
    .where('company_id', '=', companyId)
    .execute();
}

/** It is over without having been read: its customer is gone. */
export async function endSubscription(
  trx: Kysely<Database>,
  companyId: string,
  at: Date,
  readAt: Date,
): Promise<void> {
  await trx
    .updateTable('company_subscriptions')
    .set({ status: 'canceled', ended_at: at, dunning_stage: 'none', read_at: readAt, updated_at: new Date() })
    .where('company_id', '=', companyId)
    .execute();
}

/** The customer was deleted at Stripe: the next checkout makes another. */
export async function forgetCustomer(trx: Kysely<Database>, companyId: string): Promise<void> {
  await trx
    .updateTable('company_subscriptions')
    .set((eb) => ({ stripe_customer_id: null, customer_number: eb('customer_number', '+', 1) }))
    .where('company_id', '=', companyId)
    .where('stripe_customer_id', 'is not', null)
    .execute();
}

/** No new bookings from `at` on, and how long the data are kept; null: bookings are taken again. */
export async function setSuspended(
  trx: Kysely<Database>,
  companyId: string,
  suspended: { at: Date; dataKeptUntil: Date } | null,
): Promise<void> {
  await trx
    .updateTable('companies')
    .set({ suspended_at: suspended?.at ?? null, data_kept_until: suspended?.dataKeptUntil ?? null })
    .where('id', '=', companyId)
    .execute();
}
