import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorKit } from '../../shared/emulator.ts';
import { addAccountRoutes, newEndpoint } from './emulator/account-routes.ts';
import { type Books, stripeBooks } from './emulator/books.ts';
import { type PageCard, pageCards, stripeCheckout } from './emulator/checkout.ts';
import { checkoutPage } from './emulator/checkout-page.ts';
import { stripeClocks } from './emulator/clocks.ts';
import { stripeCustomers } from './emulator/customers.ts';
import { answerOf, invalid, refusalOfInput, StripeRefusal } from './emulator/errors.ts';
import { stripeEvents, webhookHeaders } from './emulator/events.ts';
import { addInvoiceRoutes } from './emulator/invoice-routes.ts';
import { stripeInvoices } from './emulator/invoices.ts';
import { stripePayments } from './emulator/payments.ts';
import { seedPriceSchema, stripePrices } from './emulator/prices.ts';
import { stripeRefunds } from './emulator/refunds.ts';
import { requestId, stripeRoutes } from './emulator/routes.ts';
import { afterRetries, stripeStanding } from './emulator/standing.ts';
import { addSubscriptionRoutes } from './emulator/subscription-routes.ts';
import { stripeSubscriptions } from './emulator/subscriptions.ts';
import { API_VERSION } from './emulator/wire.ts';

export interface StripeEmulatorOptions {
  /** The only accepted secret key. */
  apiKey: string;
  /** With which endpoints of the seed sign that bring no secret of their own. */
  webhookSecret: string;
  /** Prices that the account has from the start; paid per month in any of these currencies. */
  priceIds: readonly string[];
}

const MOUNT = '/stripe';
/** Minor units. */
const STANDARD_PRICE = { eur: 4_900, usd: 4_900, gbp: 4_200 };

const seedSchema = z.strictObject({
  webhook_endpoints: z
    .array(
      z.strictObject({
        url: z.url(),
        secret: z.string().optional(),
        enabled_events: z.array(z.string()).default(['*']),
        event_payload: z.enum(['snapshot', 'thin']).default('snapshot'),
      }),
    )
    .default([]),
  prices: z.array(seedPriceSchema).default([]),
  /** What becomes of a subscription that is not paid in the end. */
  after_retries: z.enum(afterRetries).optional(),
});

/**
 * Stripe's API as far as subscriptions and invoices need it, in the pinned version. Time passes for what hangs on a
 * test clock; everything else stays as it is.
 */
export function createStripeEmulator(options: StripeEmulatorOptions): Emulator {
  return {
    vendor: 'stripe',
    path: MOUNT,
    seed(kit, data) {
      const { webhook_endpoints: endpoints, prices, after_retries: choice } = seedSchema.parse(data);
      const books = stripeBooks(kit);
      for (const { url, secret, enabled_events, event_payload } of endpoints) {
        const known = books.endpoints
          .all()
          .some((each) => each.url === url && each.event_payload === event_payload);
        if (known) continue;
        newEndpoint(books, { url, enabled_events, event_payload, secret: secret ?? options.webhookSecret });
      }
      for (const price of prices) stripePrices(books).seed(price);
      if (choice) stripeStanding(kit, books, stripeEvents(kit, books)).setAfterRetries(choice);
    },
    webhookHeaders: (_kit, webhook) => webhookHeaders(webhook),
    routes: (kit) => routes(kit, options),
  };
}

/** The prices of the settings exist without a seed, also after the state was deleted. */
function withStandardPrices(books: Books, priceIds: readonly string[]): Books {
  const { prices } = books;
  const standard = stripePrices(books);
  const find: typeof prices.find = (id) => {
    if (!prices.find(id) && priceIds.includes(id)) {
      standard.seed({ id, amounts: STANDARD_PRICE, interval: 'month' });
    }
    return prices.find(id);
  };
  return { ...books, prices: { ...prices, find } };
}

function routes(kit: EmulatorKit, { apiKey, priceIds }: StripeEmulatorOptions): Hono {
  const books = withStandardPrices(stripeBooks(kit), priceIds);
  const events = stripeEvents(kit, books);
  const customers = stripeCustomers(books, events);
  const prices = stripePrices(books);
  const payments = stripePayments(books, events);
  const standing = stripeStanding(kit, books, events);
  const invoices = stripeInvoices(books, events, payments, standing);
  const subscriptions = stripeSubscriptions(books, events, customers, prices, invoices, standing);
  const clocks = stripeClocks(books, events, subscriptions, invoices);
  const checkout = stripeCheckout(books, events, customers, prices, subscriptions);
  const refunds = stripeRefunds(books, events);
  let origin = '';

  const app = new Hono();
  app.onError((error, c) => {
    const refusal = error instanceof z.ZodError ? refusalOfInput(error) : error;
    if (!(refusal instanceof StripeRefusal)) throw error;
    return c.json(answerOf(refusal).body as object, refusal.status as 400);
  });
  app.use(async (c, next) => {
    origin = new URL(c.req.url).origin + MOUNT;
    await next();
    // A connection cut by a fault has no answer to put headers on.
    if ((c.env as { incoming: { destroyed: boolean } }).incoming.destroyed) return;
    c.res.headers.set('request-id', requestId(c));
    c.res.headers.set('stripe-version', API_VERSION);
    const key = c.req.header('idempotency-key');
    if (key) c.res.headers.set('idempotency-key', key);
  });

  const table = stripeRoutes(app, kit, books, apiKey);
  const pageUrl = (path: string) => origin + path;
  addAccountRoutes(table, books, { customers, prices, checkout, refunds, standing, pageUrl });
  addInvoiceRoutes(table, books, events, customers, invoices);
  addSubscriptionRoutes(table, books, { customers, prices, subscriptions, clocks });

  app.get('/c/pay/:id', (c) => c.html(checkoutPage(books.sessions.get(c.req.param('id')))));
  app.get('/p/session/:id', (c) => c.text('The customer portal: the emulator has nothing to show here.'));
  /** Presses a button of the checkout page: `{card}`, as JSON or as the page's form. */
  app.post('/_emulator/checkout/:id', async (c) => {
    const card = z.enum(Object.keys(pageCards) as [PageCard]).parse((await readCard(c)).card);
    const id = c.req.param('id');
    const request = { session: id, card };
    const response = await kit.execute(c, { operation: 'checkout.complete', key: id, request }, () => {
      books.cause = { requestId: null, idempotencyKey: null };
      try {
        return { status: 200, body: checkout.complete(id, card) };
      } catch (error) {
        if (error instanceof StripeRefusal) return answerOf(error);
        throw error;
      }
    });
    const { success_url: to } = books.sessions.get(id);
    return isForm(c) && response.ok && to ? c.redirect(to, 303) : response;
  });
  app.all('*', (c) => {
    const path = c.req.path.slice(MOUNT.length);
    throw invalid(`Unrecognized request URL (${c.req.method}: ${path}).`, {}, 404);
  });
  return app;
}

const isForm = (c: Context) => c.req.header('content-type')?.includes('form') ?? false;
const readCard = async (c: Context): Promise<{ card?: unknown }> =>
  isForm(c) ? c.req.parseBody() : ((await c.req.json()) as { card?: unknown });
