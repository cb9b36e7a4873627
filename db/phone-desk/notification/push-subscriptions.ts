import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../../platform/vault.ts';
import type { Database } from '../../tables/database.ts';

/** What a browser gives for a device. */
export interface DeviceSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export interface Device {
  id: string;
  subscription: DeviceSubscription;
}

/** More devices than a person has: the oldest is forgotten. */
const MAX_DEVICES = 10;

/** Devices of a customer that are subscribed; none once the person was erased. */
export async function readSubscriptions(
  db: Kysely<Database>,
  vault: Vault,
  customerId: string,
): Promise<Device[]> {
  const rows = await db
    .selectFrom('push_subscriptions')
    .innerJoin('customers', 'customers.id', 'push_subscriptions.customer_id')
    .innerJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .where('customer_id', '=', customerId)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .select(['push_subscriptions.id', 'endpoint_sealed', 'keys_sealed', 'wrapped_key'])
    .orderBy('push_subscriptions.created_at')
    .execute();
  return rows.map(({ id, endpoint_sealed, keys_sealed, wrapped_key }) => {
    const key = vault.openPersonKey(wrapped_key);
    return {
      id,
      subscription: {
        endpoint: key.open('push_subscriptions.endpoint', endpoint_sealed),
        keys: JSON.parse(key.open('push_subscriptions.keys', keys_sealed)) as DeviceSubscription['keys'],
      },
    };
  });
}

/**
 * Keeps the subscription of a device; the same endpoint again replaces its keys. Null: there is no such customer,
 * or the person was erased. Returns its id.
 */
export async function saveSubscription(
  db: Kysely<Database>,
  vault: Vault,
  customerId: string,
  { endpoint, keys }: DeviceSubscription,
  expiresAt: Date | null,
): Promise<string | null> {
  return db.transaction().execute(async (trx) => {
    const customer = await trx
      .selectFrom('customers')
      .innerJoin('person_keys', 'person_keys.id', 'customers.person_id')
      .where('customers.id', '=', customerId)
      .where('customers.erased_at', 'is', null)
      .select('person_keys.wrapped_key')
      .forUpdate('customers')
      .executeTakeFirst();
    if (!customer) return null;
    const key = vault.openPersonKey(customer.wrapped_key);
    const sealed = {
      endpoint_sealed: key.seal('push_subscriptions.endpoint', endpoint),
      keys_sealed: key.seal('push_subscriptions.keys', JSON.stringify(keys)),
      expires_at: expiresAt,
    };
    const { id } = await trx
      .insertInto('push_subscriptions')
      .values({
        customer_id: customerId,
        endpoint_index: vault.blindIndex('push-endpoint', endpoint),
        ...sealed,
      })
      .onConflict((conflict) => conflict.columns(['customer_id', 'endpoint_index']).doUpdateSet(sealed))
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql`
      DELETE FROM push_subscriptions WHERE id IN (
        SELECT id FROM push_subscriptions WHERE customer_id = ${customerId} AND id <> ${id}
        ORDER BY created_at DESC, id OFFSET ${MAX_DEVICES - 1})`.execute(trx);
    return id;
  });
}

/** Forgets devices, of this customer if one is named; returns how many. */
export async function removeSubscriptions(
  db: Kysely<Database>,
  ids: string[],
  customerId?: string,
): Promise<number> {
  if (ids.length === 0) return 0;
  const { numDeletedRows } = await db
    .deleteFrom('push_subscriptions')
    .where('id', 'in', ids)
    .$if(customerId !== undefined, (query) => query.where('customer_id', '=', customerId as string))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
