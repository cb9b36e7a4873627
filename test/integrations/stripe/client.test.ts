import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { classifyStripeError } from '../../../integrations/stripe/classify-error.ts';
import { DAY_S, errorOf, priceId, START_S, startStripe } from './fixture.ts';

let world: Awaited<ReturnType<typeof startStripe>>;

beforeAll(async () => {
  world = await startStripe();
});
afterEach(() => fetch(`${world.host.url}/_emulator/faults`, { method: 'DELETE' }));
afterAll(() => world.host.close());

const failureOf = async (promise: Promise<unknown>) => classifyStripeError(await errorOf(promise));
const company = { name: 'Salon', email: 'desk@salon.example', locale: 'de-DE', companyId: 'company-1' };
const madeSince = new Date(Date.now() - 60_000);
const fault = (operation: string, more: object) =>
  world.host.fault({ vendor: 'stripe', operation, count: 1, ...more });
const executed = async (operation: string, key: string) =>
  (await world.host.ledger(`vendor=stripe&operation=${operation}`)).filter((row) => row.key === key);

describe('the client', () => {
  it('finds again what it has made under a key, and nothing else', async () => {
    const { id } = await world.client.customers.create(company, 'customer-1');
    expect(await world.client.customers.find('customer-1', madeSince)).toEqual({ id });
    expect(await world.client.customers.find('customer-2', madeSince)).toBeNull();

    const invoice = {
      customerId: id,
      currency: 'EUR',
      collect: { daysUntilDue: 14 },
      autoAdvance: false,
      metadata: { period: '2026-01' },
    };
    const draft = await world.client.invoices.create(invoice, 'invoice-1');
    expect(draft).toMatchObject({
      status: 'draft',
      currency: 'EUR',
      subscriptionId: null,
      metadata: { period: '2026-01' },
    });
    const item = {
      invoiceId: draft.id,
      customerId: id,
      amountCents: 1_900,
      currency: 'EUR',
      description: '19 calls',
      metadata: {},
    };
    const line = await world.client.invoices.addItem(item, 'item-1');
    expect(await world.client.invoices.find(id, 'invoice-1', madeSince)).toMatchObject({ id: draft.id });
    expect(await world.client.invoices.findItem(draft.id, 'item-1')).toEqual(line);
    expect(await world.client.invoices.findItem(draft.id, 'item-2')).toBeNull();
    expect(await world.client.invoices.finalize(draft.id, 'finalize-1')).toMatchObject({
      status: 'open',
      totalCents: 1_900,
    });
    expect(await world.client.invoices.void(draft.id, 'void-1')).toMatchObject({ status: 'void' });
  });

  it('sends a request once, however it ends', async () => {
    await fault('customers.create', { mode: 'executed-then-drop' });
    expect(await failureOf(world.client.customers.create(company, 'dropped'))).toMatchObject({
      kind: 'unknown-outcome',
      code: 'ECONNRESET',
    });
    expect(await executed('customers.create', 'dropped')).toHaveLength(1);
    expect(await world.client.customers.find('dropped', madeSince)).not.toBeNull();
  });

  it('takes another key when Stripe keeps answering a failure of its own', async () => {
    await fault('customers.create', {
      mode: 'status',
      status: 500,
      body: { error: { type: 'api_error', message: 'x' } },
    });
    expect(await failureOf(world.client.customers.create(company, 'broken'))).toMatchObject({
      kind: 'unknown-outcome',
      status: 500,
    });
    const { id } = await world.client.customers.create(company, 'broken');
    expect(await world.client.customers.find('broken', madeSince)).toEqual({ id });
  });

  it('opens a checkout in the currency of the company, and reads what came of it', async () => {
    const { id } = await world.client.customers.create(company, 'customer-3');
    const wanted = {
      customerId: id,
      companyId: 'company-1',
      priceId,
      currency: 'USD',
      trialDays: 14,
      successUrl: 'https://desk.example/done',
      cancelUrl: 'https://desk.example/',
    };
    const session = await world.client.checkout.create(wanted, 'checkout-1');
    expect(await world.client.checkout.find(id, 'checkout-1')).toEqual(session);
    expect(
      await failureOf(world.client.checkout.create({ ...wanted, currency: 'CHF' }, 'checkout-2')),
    ).toMatchObject({ kind: 'rejected' });

    const press = (card: string) =>
      fetch(session.url.replace('/c/pay/', '/_emulator/checkout/'), {
        method: 'POST',
        body: JSON.stringify({ card }),
        headers: { 'content-type': 'application/json' },
      });
    expect(await (await fetch(session.url)).text()).toContain('Free trial');
    expect((await press('declined')).status).toBe(402);
    expect((await press('good')).status).toBe(200);
    const [subscription] = await world.client.subscriptions.list(id);
    expect(subscription).toMatchObject({
      status: 'trialing',
      currency: 'USD',
      priceId,
      unitAmountCents: 4_900,
      cancelAt: null,
    });
    const ending = await world.client.subscriptions.cancelAtPeriodEnd(subscription!.id, 'cancel-1');
    expect(ending.cancelAt).toEqual(ending.periodEndsAt);
  });

  it('reads payments, charges and refunds of a subscription', async () => {
    const { id, advance, clock } = await world.customer();
    await world.stripe.subscriptions.create({ customer: id, items: [{ price: priceId }], currency: 'eur' });
    await advance(START_S + 2 * DAY_S);
    expect(await world.client.subscriptions.timeOf(clock)).toEqual(new Date((START_S + 2 * DAY_S) * 1000));
    const [invoice] = await world.client.invoices.list(id);
    expect(invoice).toMatchObject({ status: 'paid', paidCents: 4_900, billingReason: 'subscription_create' });
    const paymentIntentId = invoice!.paymentIntentId!;
    const refund = { paymentIntentId, amountCents: 900, metadata: {} };
    const made = await world.client.refunds.create(refund, 'refund-1');
    expect(await world.client.refunds.find(paymentIntentId, 'refund-1')).toEqual(made);
    expect(await world.client.charges.list(id)).toMatchObject([
      { paymentIntentId, amountCents: 4_900, refundedCents: 900 },
    ]);
    expect(
      await failureOf(world.client.refunds.create({ ...refund, amountCents: 4_001 }, 'refund-2')),
    ).toMatchObject({ kind: 'rejected', code: 'invalid-amount' });
  });

  it('knows whose a thin event is', async () => {
    const { id } = await world.customer();
    const subscription = await world.stripe.subscriptions.create({
      customer: id,
      items: [{ price: priceId }],
    });
    const [invoice] = await world.client.invoices.list(id);
    const owner = world.client.ownerOf;
    expect(await owner({ type: 'subscription', id: subscription.id })).toBe(id);
    expect(await owner({ type: 'invoice', id: invoice!.id })).toBe(id);
    expect(await owner({ type: 'payout', id: 'po_1' })).toBeNull();
    expect(await failureOf(owner({ type: 'invoice', id: 'in_none' }))).toMatchObject({
      kind: 'rejected',
      code: 'resource_missing',
    });
  });
});

describe('an error of the client', () => {
  const ask = () => world.client.invoices.retrieve('in_none');
  it.each([
    [
      {
        mode: 'status',
        status: 429,
        headers: { 'retry-after': '3' },
        body: { error: { type: 'invalid_request_error', code: 'rate_limit' } },
      },
      { kind: 'rate-limited', retryAfterMs: 3_000 },
    ],
    [
      { mode: 'status', status: 401, body: { error: { type: 'invalid_request_error' } } },
      { kind: 'unauthorized' },
    ],
    [
      { mode: 'status', status: 403, body: { error: { type: 'invalid_request_error' } } },
      { kind: 'unauthorized' },
    ],
    [{ mode: 'status', status: 503, body: { error: { type: 'api_error' } } }, { kind: 'unknown-outcome' }],
    [
      {
        mode: 'status',
        status: 409,
        body: { error: { type: 'idempotency_error', code: 'idempotency_key_in_use' } },
      },
      { kind: 'unknown-outcome' },
    ],
    [{ mode: 'status', status: 502, body: '<html>' }, { kind: 'unknown-outcome' }],
    [{ mode: 'before' }, { kind: 'unknown-outcome', code: 'ECONNRESET' }],
  ])('%j means %j', async (plan, meaning) => {
    await fault('invoices.retrieve', plan);
    expect(await failureOf(ask())).toMatchObject(meaning);
  });

  it('is also what a ping without a valid key is', async () => {
    await world.client.ping();
    expect(await failureOf(world.connect({ apiKey: 'sk_other' }).ping())).toMatchObject({
      kind: 'unauthorized',
    });
  });

  it('is surely not executed when nobody listens, and unknown when nobody answers', async () => {
    const nobody = world.connect({ baseUrl: 'http://127.0.0.1:9/stripe' });
    expect(await failureOf(nobody.invoices.retrieve('in_1'))).toMatchObject({
      kind: 'unavailable',
      code: 'ECONNREFUSED',
    });
    await fault('invoices.retrieve', { mode: 'delay', delayMs: 2_000 });
    const hasty = world.connect({ timeoutMs: 100 });
    expect(await failureOf(hasty.invoices.retrieve('in_1'))).toMatchObject({ kind: 'unknown-outcome' });
  });

  it('names a declined card by what the bank said, and repeats no address', async () => {
    const { id } = await world.customer('pm_card_chargeCustomerFail');
    const draft = await world.client.invoices.create(
      { customerId: id, currency: 'EUR', collect: 'charge', autoAdvance: false, metadata: {} },
      'declined-1',
    );
    await world.client.invoices.addItem(
      {
        invoiceId: draft.id,
        customerId: id,
        amountCents: 100,
        currency: 'EUR',
        description: 'x',
        metadata: {},
      },
      'declined-2',
    );
    expect(await failureOf(world.client.invoices.pay(draft.id, 'declined-3'))).toMatchObject({
      kind: 'rejected',
      code: 'generic_decline',
    });
    const failed = await failureOf(
      world.client.customers.create({ ...company, email: 'not-an-address@' }, 'refused-1'),
    );
    expect(failed).toMatchObject({
      kind: 'rejected',
      code: 'invalid-email',
      message: 'Stripe invalid-email (email)',
    });
  });
});
