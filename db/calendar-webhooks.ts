import { type Kysely, type RawBuilder, sql } from 'kysely';
import { failure } from '../shared/failures.ts';
import type { CompanyLimits } from './tables/companies.ts';
import type { Database } from './tables/database.ts';

/** A company as the subscription to its calendar needs it; key and secret sealed. */
export interface CalendarSubscriber {
  id: string;
  slug: string;
  limits: CompanyLimits;
  calcomKey: Buffer | null;
  webhookSecret: Buffer | null;
  webhookId: string | null;
  /** Orders that are settled; the next one is named after their number. */
  orders: number;
}

export async function readSubscriber(db: Kysely<Database>, companyId: string): Promise<CalendarSubscriber> {
  const row = await db
    .selectFrom('companies')
    .where('id', '=', companyId)
    .select([
      'id',
      'slug',
      'limits',
      'calcom_key_sealed as calcomKey',
      'calcom_webhook_secret_sealed as webhookSecret',
      'calcom_webhook_id as webhookId',
      'calcom_webhook_orders as orders',
    ])
    .executeTakeFirst();
  if (!row) throw failure('NotFound', `company ${companyId} does not exist`);
  return row;
}

type Order = Pick<CalendarSubscriber, 'id' | 'orders'>;

/** What an order has come to, as a statement that is written with the effect; repeating it changes nothing. */
export const subscriptionSettled = ({ id, orders }: Order, webhookId: string | null): RawBuilder<unknown> =>
  sql`settled AS (
    UPDATE companies SET calcom_webhook_id = ${webhookId}, calcom_webhook_orders = ${orders + 1}
    WHERE id = ${id} AND calcom_webhook_orders = ${orders}
  )`;

export async function settleSubscription(
  db: Kysely<Database>,
  order: Order,
  webhookId: string | null,
): Promise<void> {
  await sql`WITH ${subscriptionSettled(order, webhookId)} SELECT 1`.execute(db);
}
