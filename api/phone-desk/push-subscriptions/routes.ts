import { recordAudit } from '../../../db/audit.ts';
import {
  removeSubscriptions,
  saveSubscription,
} from '../../../db/phone-desk/notification/push-subscriptions.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { conflict, invalidRequest, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import { erased } from '../privacy-subjects.ts';
import { newSubscription, pushKeySchema, subscriptionParams, subscriptionSchema } from './schema.ts';

const PATH = '/api/customers/{id}/push-subscriptions';

/** Whether a push may go to this address: only to the push services that the settings name. */
export function isPushService(endpoint: string, hosts: readonly string[], allowHttp: boolean): boolean {
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) return false;
  if (username !== '' || password !== '') return false;
  return hosts.some((host) => (host.startsWith('.') ? hostname.endsWith(host) : hostname === host));
}

export function pushSubscriptionEndpoints({
  db,
  vault,
  env,
}: Pick<ApiDeps, 'db' | 'vault' | 'env'>): Endpoint[] {
  const tag = 'Customers';

  async function requireCustomer(caller: Caller, id: string): Promise<void> {
    const found = await db
      .selectFrom('customers')
      .where('id', '=', id)
      .$if(caller.companyId !== null, (query) => query.where('company_id', '=', caller.companyId as string))
      .select('id')
      .executeTakeFirst();
    if (!found) throw notFound('customer');
  }
  const publicKey = (): string => {
    if (env.VAPID_PUBLIC_KEY && env.VAPID_PRIVATE_KEY) return env.VAPID_PUBLIC_KEY;
    throw conflict('push-not-configured', 'Push needs VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY.');
  };

  return [
    endpoint({
      method: 'get',
      path: '/api/push-key',
      tag,
      summary: 'The key that browsers subscribe with',
      success: { status: 200, description: 'The key.', schema: pushKeySchema },
      problems: [409],
      async handle() {
        return { body: { publicKey: publicKey() } };
      },
    }),
    endpoint({
      method: 'post',
      path: PATH,
      tag,
      summary: 'Tell a customer on a device, by web push',
      params: idParams,
      body: newSubscription,
      success: { status: 201, description: 'The subscription.', schema: subscriptionSchema },
      problems: [404, 409],
      async handle({ params, body, caller, context }) {
        publicKey();
        await requireCustomer(caller, params.id);
        const { endpoint: address, keys, expirationTime } = body;
        if (!isPushService(address, env.PUSH_HOSTS, env.NODE_ENV !== 'production')) {
          const message = 'is not a push service that we send to (PUSH_HOSTS)';
          throw invalidRequest([{ path: 'endpoint', message }]);
        }
        const expiresAt = expirationTime == null ? null : new Date(expirationTime);
        const id = await saveSubscription(db, vault, params.id, { endpoint: address, keys }, expiresAt);
        if (id === null) throw erased();
        const { requestId } = context;
        const entity = `customer/${params.id}`;
        await recordAudit(db, { actor: caller.name, action: 'push.subscribe', entity, requestId });
        return { body: { id, customerId: params.id } };
      },
    }),
    endpoint({
      method: 'delete',
      path: `${PATH}/{subscriptionId}`,
      tag,
      summary: 'Tell a customer on a device no more',
      params: subscriptionParams,
      success: { status: 200, description: 'The subscription that was ended.', schema: subscriptionSchema },
      problems: [404],
      async handle({ params, caller, context }) {
        await requireCustomer(caller, params.id);
        if ((await removeSubscriptions(db, [params.subscriptionId], params.id)) === 0)
          throw notFound('subscription');
        const { requestId } = context;
        const entity = `customer/${params.id}`;
        await recordAudit(db, { actor: caller.name, action: 'push.unsubscribe', entity, requestId });
        return { body: { id: params.subscriptionId, customerId: params.id } };
      },
    }),
  ];
}
