import { z } from 'zod';
import type { Books } from './books.ts';
import { type Checkout, createSessionSchema } from './checkout.ts';
import { attachSchema, type Customers, createCustomerSchema, updateCustomerSchema } from './customers.ts';
import { invalid, missing } from './errors.ts';
import { thinOf } from './events.ts';
import { createdFields, list, pageFields } from './form.ts';
import { pageOf } from './pages.ts';
import { createPriceSchema, type Prices } from './prices.ts';
import { createRefundSchema, type stripeRefunds } from './refunds.ts';
import type { Routes } from './routes.ts';
import type { Standing } from './standing.ts';
import { API_VERSION, type WebhookEndpoint } from './wire.ts';

const nothing = z.strictObject({});
const endpointSchema = z.strictObject({
  url: z.url(),
  enabled_events: list(z.string()).pipe(z.array(z.string()).min(1)),
  api_version: z.literal(
    API_VERSION,
    `must be ${API_VERSION}: endpoints answer in the version they are pinned to`,
  ),
  description: z.string().optional(),
});

export function newEndpoint(
  books: Books,
  given: Pick<WebhookEndpoint, 'url' | 'enabled_events' | 'secret' | 'event_payload'> & {
    description?: string | undefined;
  },
): WebhookEndpoint {
  return books.endpoints.put({
    id: books.nextId('we_'),
    object: 'webhook_endpoint',
    created: books.now(null),
    livemode: false,
    metadata: {},
    api_version: API_VERSION,
    status: 'enabled',
    ...given,
    description: given.description ?? null,
  });
}

/** Everything of an account but subscriptions and invoices. */
export function addAccountRoutes(
  { post, get, remove }: Routes,
  books: Books,
  parts: {
    customers: Customers;
    prices: Prices;
    checkout: Checkout;
    refunds: ReturnType<typeof stripeRefunds>;
    standing: Standing;
    pageUrl(path: string): string;
  },
): void {
  const { customers, prices, checkout, refunds, standing, pageUrl } = parts;
  const ofCustomer = z.strictObject({ customer: z.string().optional(), ...createdFields, ...pageFields });
  const theirs = <T extends { customer: string }>(all: T[], customer: string | undefined) =>
    all.filter((each) => customer === undefined || each.customer === customer);

  post('/v1/customers', 'customers.create', createCustomerSchema, (input) =>
    customers.shown(customers.create(input)),
  );
  get(
    '/v1/customers',
    'customers.list',
    z.strictObject({ email: z.string().optional(), ...createdFields, ...pageFields }),
    (query) => {
      const found = books.customers
        .all()
        .filter(({ deleted, email }) => !deleted && (query.email === undefined || email === query.email));
      return pageOf(found, query, '/v1/customers', customers.shown).body;
    },
  );
  get('/v1/customers/:id', 'customers.retrieve', nothing, (_query, id) =>
    customers.shown(books.customers.get(id)),
  );
  post('/v1/customers/:id', 'customers.update', updateCustomerSchema, (input, id) =>
    customers.shown(customers.update(id, input)),
  );
  remove('/v1/customers/:id', 'customers.delete', (id) => {
    const at = books.now(customers.living(id, 'id').test_clock);
    for (const subscription of theirs(books.subscriptions.all(), id)) {
      if (subscription.ended_at === null) standing.end(subscription.id, 'cancellation_requested', at);
    }
    return customers.remove(id);
  });

  get('/v1/balance', 'balance.retrieve', nothing, () => ({
    object: 'balance',
    available: [],
    livemode: false,
    pending: [],
  }));
  post('/v1/payment_methods/:id/attach', 'paymentMethods.attach', attachSchema, ({ customer }, id) =>
    customers.attach(id, customer),
  );
  post('/v1/prices', 'prices.create', createPriceSchema, (input) => prices.shown(prices.create(input)));
  get('/v1/prices/:id', 'prices.retrieve', nothing, (_query, id) => prices.shown(books.prices.get(id)));

  post('/v1/checkout/sessions', 'checkout.create', createSessionSchema, (input) =>
    checkout.create(input, (id) => pageUrl(`/c/pay/${id}`)),
  );
  get(
    '/v1/checkout/sessions',
    'checkout.list',
    ofCustomer,
    (query) => pageOf(theirs(books.sessions.all(), query.customer), query, '/v1/checkout/sessions').body,
  );
  get('/v1/checkout/sessions/:id', 'checkout.retrieve', nothing, (_query, id) => books.sessions.get(id));
  post('/v1/checkout/sessions/:id/expire', 'checkout.expire', nothing, (_input, id) => checkout.expire(id));
  post(
    '/v1/billing_portal/sessions',
    'billingPortal.create',
    z.strictObject({ customer: z.string(), return_url: z.url().optional() }),
    (input) => {
      const { id: customer, created } = customers.living(input.customer);
      const id = books.nextId('bps_');
      const url = pageUrl(`/p/session/${id}`);
      const returns = input.return_url ?? null;
      return {
        id,
        object: 'billing_portal.session',
        created,
        customer,
        livemode: false,
        return_url: returns,
        url,
      };
    },
  );

  get(
    '/v1/charges',
    'charges.list',
    ofCustomer,
    (query) => pageOf(theirs(books.charges.all(), query.customer), query, '/v1/charges').body,
  );
  get('/v1/charges/:id', 'charges.retrieve', nothing, (_query, id) => books.charges.get(id));
  post('/v1/refunds', 'refunds.create', createRefundSchema, (input) => refunds.create(input));
  get(
    '/v1/refunds',
    'refunds.list',
    z.strictObject({ payment_intent: z.string().optional(), charge: z.string().optional(), ...pageFields }),
    (query) => {
      const found = books.refunds
        .all()
        .filter(
          ({ payment_intent, charge }) =>
            (query.payment_intent === undefined || query.payment_intent === payment_intent) &&
            (query.charge === undefined || query.charge === charge),
        );
      return pageOf(found, query, '/v1/refunds').body;
    },
  );
  get('/v1/refunds/:id', 'refunds.retrieve', nothing, (_query, id) => books.refunds.get(id));

  post(
    '/v1/webhook_endpoints',
    'webhookEndpoints.create',
    endpointSchema,
    ({ url, enabled_events, description }) => {
      const { event_payload: _, ...shown } = newEndpoint(books, {
        url,
        enabled_events,
        description,
        secret: books.nextId('whsec_'),
        event_payload: 'snapshot',
      });
      return shown;
    },
  );
  get(
    '/v1/events',
    'events.list',
    z.strictObject({ type: z.string().optional(), ...createdFields, ...pageFields }),
    (query) => {
      const found = books.events.all().filter(({ type }) => query.type === undefined || query.type === type);
      return pageOf(found, query, '/v1/events').body;
    },
  );
  get('/v1/events/:id', 'events.retrieve', nothing, (_query, id) => books.events.get(id));
  get('/v2/core/events/:id', 'v2.events.retrieve', nothing, (_query, id) => {
    const event = books.events.find(id.replace('evt_thin_', 'evt_'));
    if (!event) throw missing('event', id);
    const { object } = event.data;
    if (typeof object.id !== 'string' || typeof object.object !== 'string')
      throw invalid('It has no object.');
    return thinOf(event, { id: object.id, object: object.object });
  });
}
