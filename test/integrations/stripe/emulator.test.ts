import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../emulators/fixture.ts';
import { DAY_S, errorOf, priceId, START_S, startStripe } from './fixture.ts';

let world: Awaited<ReturnType<typeof startStripe>>;
let stripe: Stripe;

beforeAll(async () => {
  world = await startStripe();
  stripe = world.stripe;
});
afterAll(() => world.host.close());

const typesOf = async (object: string) => {
  const events = await stripe.events.list({ limit: 100 });
  return events.data
    .filter(({ data }) => JSON.stringify(data.object).includes(object))
    .map(({ type }) => type)
    .reverse();
};

describe('a subscription on a test clock', () => {
  it('is tried, announces the end of the trial, and is paid every month', async () => {
    const { id: customer, advance } = await world.customer();
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: priceId }],
      currency: 'eur',
      trial_period_days: 14,
    });
    expect(made).toMatchObject({ status: 'trialing', trial_end: START_S + 14 * DAY_S, currency: 'eur' });
    expect(made).not.toHaveProperty('current_period_end');

    await advance(START_S + 12 * DAY_S);
    expect(await typesOf(made.id)).toContain('customer.subscription.trial_will_end');
    await advance(START_S + 15 * DAY_S);
    const active = await stripe.subscriptions.retrieve(made.id);
    expect(active.status).toBe('active');
    expect(new Date(active.items.data[0]!.current_period_end * 1000).toISOString()).toBe(
      '2026-03-14T09:00:00.000Z',
    );
    await advance(START_S + 15 * DAY_S + 40 * DAY_S);

    const { data: invoices } = await stripe.invoices.list({ customer, expand: ['data.payments'] });
    expect(invoices.map(({ status, total }) => [status, total])).toEqual([
      ['paid', 4_900],
      ['paid', 4_900],
      ['paid', 0],
    ]);
    const [latest] = invoices;
    expect(latest!.parent?.subscription_details?.subscription).toBe(made.id);
    expect(latest).not.toHaveProperty('subscription');
    expect(latest!.payments?.data[0]?.payment.type).toBe('payment_intent');
    expect(await typesOf(latest!.id)).toEqual(
      expect.arrayContaining([
        'invoice.created',
        'invoice.finalized',
        'invoice.paid',
        'invoice.payment_succeeded',
      ]),
    );
  });

  it('is collected again and again, and ends when nothing comes', async () => {
    const { id: customer, advance } = await world.customer('pm_card_chargeCustomerFail');
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: priceId }],
      trial_period_days: 1,
    });
    const due = START_S + DAY_S + 3_600;
    const attempts = [0, 3, 8, 15].map((days) => due + days * DAY_S + 60);
    for (const [index, moment] of attempts.entries()) {
      await advance(moment);
      const { data } = await stripe.invoices.list({ customer, status: 'open' });
      const [invoice] = data;
      const subscription = await stripe.subscriptions.retrieve(id);
      const last = index === attempts.length - 1;
      expect(invoice).toMatchObject({ attempt_count: index + 1 });
      expect(invoice!.next_payment_attempt === null).toBe(last);
      expect(subscription.status).toBe(last ? 'canceled' : 'past_due');
    }
    const types = await typesOf(id);
    expect(types.filter((type) => type === 'invoice.payment_failed')).toHaveLength(4);
    expect(types.at(-1)).toBe('customer.subscription.deleted');
  });

  it('is active again once its invoice is paid with another card', async () => {
    const { id: customer, advance } = await world.customer('pm_card_chargeCustomerFail');
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: priceId }],
      trial_period_days: 1,
    });
    await advance(START_S + 2 * DAY_S);
    const { latest_invoice } = await stripe.subscriptions.retrieve(id);
    const declined = await errorOf(stripe.invoices.pay(latest_invoice as string));
    expect(declined).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(await stripe.invoices.retrieve(latest_invoice as string)).toMatchObject({ attempt_count: 2 });

    const { id: card } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.subscriptions.update(id, { default_payment_method: card });
    await stripe.invoices.pay(latest_invoice as string);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  });

  it('ends with its period when it is cancelled so', async () => {
    const { id: customer, advance } = await world.customer();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: priceId }] });
    const before = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(before).toMatchObject({ status: 'active', cancel_at: before.items.data[0]!.current_period_end });
    await advance(START_S + 29 * DAY_S);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'cancellation_requested' },
    });
  });

  it('keeps its clock from going back and from going too far', async () => {
    const { id: customer, advance } = await world.customer();
    await stripe.subscriptions.create({ customer, items: [{ price: priceId }] });
    await expect(advance(START_S)).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      param: 'frozen_time',
    });
    await expect(advance(START_S + 70 * DAY_S)).rejects.toMatchObject({ param: 'frozen_time' });
  });
});

describe('an invoice made by hand', () => {
  it('is filled, finalized, paid and refunded, never beyond what was paid', async () => {
    const { id: customer } = await world.customer();
    const { id } = await stripe.invoices.create({ customer, currency: 'eur' });
    await stripe.invoiceItems.create({ customer, invoice: id, amount: 1_250, currency: 'eur' });
    await stripe.invoiceItems.create({ customer, invoice: id, amount: 250, currency: 'eur' });
    const open = await stripe.invoices.finalizeInvoice(id);
    expect(open).toMatchObject({
      status: 'open',
      amount_due: 1_500,
      number: expect.stringMatching(/-0001$/),
    });
    await expect(
      stripe.invoiceItems.create({ customer, invoice: id, amount: 1, currency: 'eur' }),
    ).rejects.toMatchObject({ code: 'invoice_not_editable' });
    const paid = await stripe.invoices.pay(id, { expand: ['payments'] });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1_500, amount_remaining: 0 });
    await expect(stripe.invoices.pay(id)).rejects.toMatchObject({ code: 'invoice_already_paid' });

    const intent = paid.payments!.data[0]!.payment.payment_intent as string;
    await expect(stripe.refunds.create({ payment_intent: intent, amount: 1_501 })).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      param: 'amount',
    });
    await stripe.refunds.create({ payment_intent: intent, amount: 1_000 });
    await expect(stripe.refunds.create({ payment_intent: intent, amount: 501 })).rejects.toMatchObject({
      param: 'amount',
    });
    await stripe.refunds.create({ payment_intent: intent });
    await expect(stripe.refunds.create({ payment_intent: intent })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    const { data } = await stripe.charges.list({ customer });
    expect(data[0]).toMatchObject({ amount_captured: 1_500, amount_refunded: 1_500, refunded: true });
  });

  it('is sent, or voided, and refuses an item in another currency', async () => {
    const { id: customer } = await world.customer(null);
    const sent = await stripe.invoices.create({
      customer,
      currency: 'eur',
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    await expect(
      stripe.invoiceItems.create({ customer, invoice: sent.id, amount: 1, currency: 'usd' }),
    ).rejects.toMatchObject({ param: 'currency' });
    await stripe.invoiceItems.create({ customer, invoice: sent.id, amount: 700, currency: 'eur' });
    expect(await stripe.invoices.sendInvoice(sent.id)).toMatchObject({ status: 'open' });
    expect(await stripe.invoices.voidInvoice(sent.id)).toMatchObject({ status: 'void' });
    await expect(stripe.invoices.pay(sent.id)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('what the API refuses', () => {
  it('names an unknown and a missing parameter', async () => {
    await expect(stripe.customers.create({ wrong: '1' } as object)).rejects.toMatchObject({
      code: 'parameter_unknown',
      param: 'wrong',
    });
    await expect(stripe.invoices.create({})).rejects.toMatchObject({
      code: 'parameter_missing',
      param: 'customer',
    });
    await expect(stripe.invoices.retrieve('in_none')).rejects.toMatchObject({
      code: 'resource_missing',
      statusCode: 404,
    });
  });

  it('takes neither another key nor another version', async () => {
    const url = `${world.host.url}/stripe/v1/customers`;
    const ask = (headers: Record<string, string>) => fetch(url, { headers }).then(({ status }) => status);
    expect(await ask({ authorization: 'Bearer sk_other' })).toBe(401);
    expect(await ask({ authorization: 'Bearer sk_test_conformance', 'stripe-version': '2024-06-20' })).toBe(
      400,
    );
  });
});

describe('an idempotency key', () => {
  const name = (value: string, idempotencyKey: string) =>
    stripe.customers.create({ name: value }, { idempotencyKey });

  it('answers a repeat without doing it again', async () => {
    const first = await name('Salon', 'same-key');
    const again = await name('Salon', 'same-key');
    expect(again.id).toBe(first.id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    const { length } = (await world.host.ledger('vendor=stripe&operation=customers.create')).filter(
      ({ request }) => JSON.stringify(request).includes('Salon'),
    );
    expect(length).toBe(1);
  });

  it('is for one request only', async () => {
    await name('One', 'reused-key');
    await expect(name('Other', 'reused-key')).rejects.toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
    });
  });

  it('is in use while its request is', async () => {
    await world.host.fault({
      vendor: 'stripe',
      operation: 'customers.create',
      mode: 'delay',
      delayMs: 400,
      count: 1,
    });
    const slow = name('Slow', 'busy-key');
    await eventually(
      () => world.host.ledger('vendor=stripe&operation=customers.create'),
      (rows) => rows.some(({ request }) => JSON.stringify(request).includes('Slow')),
    );
    const early = await errorOf(name('Slow', 'busy-key'));
    expect(early).toMatchObject({ code: 'idempotency_key_in_use', statusCode: 409 });
    await slow;
  });

  it('keeps a failure of the vendor, not a refusal', async () => {
    await world.host.fault({
      vendor: 'stripe',
      operation: 'customers.create',
      mode: 'status',
      status: 500,
      body: { error: { type: 'api_error', message: 'broken' } },
      count: 1,
    });
    await errorOf(name('Broken', 'broken-key'));
    expect(await errorOf(name('Broken', 'broken-key'))).toMatchObject({
      statusCode: 500,
      headers: { 'idempotent-replayed': 'true' },
    });
    await errorOf(stripe.customers.create({ email: 'wrong' }, { idempotencyKey: 'refused-key' }));
    await stripe.customers.create({ email: 'right@salon.example' }, { idempotencyKey: 'refused-key' });
  });
});
