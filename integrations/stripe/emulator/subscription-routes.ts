import { z } from 'zod';
import type { Books } from './books.ts';
import { advanceClockSchema, createClockSchema, type stripeClocks } from './clocks.ts';
import type { Customers } from './customers.ts';
import { createdFields, flag, integer, list, mergeMetadata, metadata, pageFields } from './form.ts';
import { pageOf } from './pages.ts';
import type { Prices } from './prices.ts';
import type { Routes } from './routes.ts';
import type { Subscriptions } from './subscriptions.ts';

const statuses = [
  'active',
  'canceled',
  'incomplete',
  'incomplete_expired',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
] as const;

const createSchema = z.strictObject({
  customer: z.string(),
  items: list(z.strictObject({ price: z.string(), quantity: integer.default(1) })).refine(
    (items) => items.length === 1,
    'this emulator subscribes to one price at a time',
  ),
  currency: z.string().length(3).toLowerCase().optional(),
  default_payment_method: z.string().optional(),
  trial_period_days: integer.default(0),
  metadata: metadata.optional(),
});
const updateSchema = z.strictObject({
  cancel_at_period_end: flag.optional(),
  default_payment_method: z.string().optional(),
  metadata: metadata.optional(),
});
const nothing = z.strictObject({});

/** Subscriptions, and the clocks that move them. */
export function addSubscriptionRoutes(
  { post, get, remove }: Routes,
  books: Books,
  parts: {
    customers: Customers;
    prices: Prices;
    subscriptions: Subscriptions;
    clocks: ReturnType<typeof stripeClocks>;
  },
): void {
  const { customers, prices, subscriptions, clocks } = parts;

  post('/v1/subscriptions', 'subscriptions.create', createSchema, (input) => {
    const item = input.items[0]!;
    const card = input.default_payment_method;
    return subscriptions.create({
      customer: input.customer,
      price: prices.inCurrency(item.price, input.currency, 'items[0][price]'),
      quantity: item.quantity,
      paymentMethod: card ? customers.ownMethod(input.customer, card, 'default_payment_method') : null,
      trialDays: input.trial_period_days,
      metadata: mergeMetadata({}, input.metadata),
    });
  });
  get(
    '/v1/subscriptions',
    'subscriptions.list',
    z.strictObject({
      customer: z.string().optional(),
      status: z.enum([...statuses, 'all', 'ended']).optional(),
      ...createdFields,
      ...pageFields,
    }),
    (query) => {
      if (query.customer !== undefined) customers.living(query.customer);
      const wanted = (status: string) => {
        if (query.status === 'all') return true;
        if (query.status === 'ended') return status === 'canceled' || status === 'incomplete_expired';
        return query.status === undefined ? status !== 'canceled' : status === query.status;
      };
      const found = books.subscriptions
        .all()
        .filter(
          ({ customer, status }) =>
            wanted(status) && (query.customer === undefined || query.customer === customer),
        );
      return pageOf(found, query, '/v1/subscriptions').body;
    },
  );
  get('/v1/subscriptions/:id', 'subscriptions.retrieve', nothing, (_query, id) =>
    books.subscriptions.get(id),
  );
  post('/v1/subscriptions/:id', 'subscriptions.update', updateSchema, (input, id) => {
    const { customer, metadata: before } = books.subscriptions.get(id);
    const { cancel_at_period_end, default_payment_method: card } = input;
    return subscriptions.update(id, {
      ...(cancel_at_period_end === undefined ? {} : { cancel_at_period_end }),
      ...(card === undefined
        ? {}
        : { default_payment_method: customers.ownMethod(customer, card, 'default_payment_method') }),
      metadata: mergeMetadata(before, input.metadata),
    });
  });
  remove('/v1/subscriptions/:id', 'subscriptions.cancel', (id) => subscriptions.cancel(id));

  post('/v1/test_helpers/test_clocks', 'testClocks.create', createClockSchema, (input) =>
    clocks.create(input),
  );
  get('/v1/test_helpers/test_clocks/:id', 'testClocks.retrieve', nothing, (_query, id) =>
    books.clocks.get(id),
  );
  post('/v1/test_helpers/test_clocks/:id/advance', 'testClocks.advance', advanceClockSchema, (input, id) =>
    clocks.advance(id, input.frozen_time),
  );
}
