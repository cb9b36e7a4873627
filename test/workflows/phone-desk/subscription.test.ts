import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { subscriptionWorkflowId } from '../../../shared/ids.ts';
import { answer, openReviewOf, recordHistory } from '../../support/stories.ts';
import { DAY_S, openSubscriptions, type SubscriptionDesk } from '../../support/subscriptions.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

let env: TestWorkflowEnvironment;
let desk: SubscriptionDesk;
const price = 'price_development';

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openSubscriptions(env);
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const noticesOf = ({ notices }: { notices: { kind: string; status: string }[] }) =>
  notices.map(({ kind, status }) => `${kind} ${status}`).sort();

describe('a company that subscribes', () => {
  it('checks out into a trial, cancels, and is deactivated when it is over', async () => {
    const company = await desk.company();
    const { slug } = company;
    expect(await desk.api('GET', `/api/companies/${slug}/subscription`)).toMatchObject({
      status: 'none',
      newBookings: true,
      invoices: [],
    });
    const { url } = (await desk.api('POST', `/api/companies/${slug}/subscription/checkout`, {})) as {
      url: string;
    };
    expect(await desk.pay(url, 'declined')).toBe(402);
    expect(await desk.pay(url, 'good')).toBe(200);
    const trial = await desk.until(company, 'the trial', ({ status }) => status === 'trialing');
    expect(trial).toMatchObject({
      newBookings: true,
      price: { id: price, unitAmountCents: 4_900, quantity: 1, currency: 'EUR' },
      dunningStage: 'none',
      paidCents: 0,
      cancelAt: null,
    });
    const days = (Date.parse(trial.trialEndsAt) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(14);

    await expect(desk.api('POST', `/api/companies/${slug}/subscription/checkout`, {})).rejects.toThrow(
      'already-subscribed',
    );
    expect(await desk.api('POST', `/api/companies/${slug}/subscription/portal`, {})).toMatchObject({
      url: expect.stringContaining('/p/session/'),
    });

    const cancelled = await desk.api('POST', `/api/companies/${slug}/subscription/cancel`);
    expect(cancelled).toMatchObject({ kind: 'cancel', status: 'done' });
    const ending = await desk.until(company, 'its end', ({ cancelAt }) => cancelAt !== null);
    expect(ending.cancelAt).toBe(ending.periodEndsAt);
    await expect(desk.api('POST', `/api/companies/${slug}/subscription/cancel`)).rejects.toThrow(
      'already-ending',
    );
    expect(await desk.ledger('stripe', 'subscriptions.update')).toHaveLength(1);

    const { data } = await desk.stripe.subscriptions.list();
    const own = data.find(({ metadata }) => metadata.company_id === company.id)!;
    await desk.stripe.subscriptions.cancel(own.id);
    const over = await desk.until(company, 'the notice', ({ notices }) => notices[0]?.status === 'sent');
    expect(over).toMatchObject({
      status: 'canceled',
      newBookings: false,
      notices: [{ kind: 'deactivated' }],
    });
    const keptDays = (Date.parse(over.dataKeptUntil) - Date.now()) / 86_400_000;
    expect(Math.round(keptDays)).toBe(90);
    expect(await desk.mailsOf(company)).toEqual(['Your phone desk takes no new bookings']);
    await recordHistory(desk, subscriptionWorkflowId(company.id), 'subscription-ended');
    await eventually('its run to end', async () => ((await desk.runs(company)) ? undefined : true));
  });

  it('has no second trial, and takes bookings again at once', async () => {
    const company = await desk.onClock();
    const { id } = await desk.stripe.subscriptions.create({
      customer: company.customerId,
      items: [{ price }],
      currency: 'eur',
    });
    await desk.until(company, 'the subscription', ({ status }) => status === 'active');
    await desk.stripe.subscriptions.cancel(id);
    await desk.until(company, 'its end', ({ newBookings }) => !newBookings);
    const path = `/api/companies/${company.slug}/subscription/checkout`;
    const { url } = (await desk.api('POST', path, {})) as { url: string };
    await desk.pay(url, 'good');
    const again = await desk.until(company, 'the new one', ({ status }) => status === 'active');
    expect(again).toMatchObject({
      newBookings: true,
      dataKeptUntil: null,
      trialEndsAt: null,
      paidCents: 9_800,
    });
    await desk.stripe.customers.del(company.customerId);
    await desk.until(company, 'the end with its customer', ({ newBookings }) => !newBookings);
    await desk.until(
      company,
      'its last notice',
      (state) => noticesOf(state).join() === 'deactivated sent,deactivated sent',
    );
    // Another customer at Stripe, who begins anew.
    expect(await desk.api('POST', path, {})).toMatchObject({ url: expect.stringContaining('/c/pay/') });
  });
});

describe('a payment', () => {
  it('is reminded in steps, each told once, until it comes; both events of it count once', async () => {
    const company = await desk.onClock('pm_card_chargeCustomerFail');
    const subscribed = {
      customer: company.customerId,
      items: [{ price }],
      currency: 'eur',
      trial_period_days: 14,
    };
    const { id } = await desk.stripe.subscriptions.create(subscribed);
    await desk.until(company, 'the trial', ({ status }) => status === 'trialing');
    await company.advance(11 * DAY_S + 60);
    await desk.until(company, 'the end of the trial', (state) =>
      noticesOf(state).includes('trial-ending sent'),
    );

    const due = 14 * DAY_S + 3_600 + 60;
    for (const [days, stage] of [
      [0, 'first'],
      [3, 'second'],
      [8, 'final'],
    ] as const) {
      await company.advance(due + days * DAY_S);
      const state = await desk.until(company, `the ${stage} reminder`, (each) =>
        noticesOf(each).includes(`payment-failed-${stage} sent`),
      );
      expect(state).toMatchObject({
        status: 'past_due',
        dunningStage: stage,
        newBookings: true,
        paidCents: 0,
      });
    }
    await company.card('pm_card_visa');
    const { latest_invoice: invoice } = await desk.stripe.subscriptions.retrieve(id);
    await desk.stripe.invoices.pay(invoice as string);
    const paid = await desk.until(company, 'the payment', (state) =>
      noticesOf(state).includes('paid-again sent'),
    );
    expect(paid).toMatchObject({ status: 'active', dunningStage: 'none', paidCents: 4_900 });
    expect(noticesOf(paid)).toEqual([
      'paid-again sent',
      'payment-failed-final sent',
      'payment-failed-first sent',
      'payment-failed-second sent',
      'trial-ending sent',
    ]);
    const told = (await desk.ledger('stripe', 'webhooks.deliver')).filter(({ key }) =>
      key?.endsWith(`:${invoice}`),
    );
    const types = told.map(({ key }) => key?.split(':')[0]);
    expect(types).toEqual(expect.arrayContaining(['invoice.paid', 'invoice.payment_succeeded']));
    expect(await desk.mailsOf(company)).toHaveLength(5);

    await desk.stripe.subscriptions.cancel(id);
    await recordHistory(desk, subscriptionWorkflowId(company.id), 'subscription-reminded-and-paid');
  });

  it('that never comes deactivates the company, and a webhook that was lost is made up for', async () => {
    const company = await desk.onClock('pm_card_chargeCustomerFail');
    await desk.stripe.subscriptions.create({
      customer: company.customerId,
      items: [{ price }],
      currency: 'eur',
      trial_period_days: 1,
    });
    await desk.until(company, 'the trial', ({ status }) => status === 'trialing');
    await desk.fault({ vendor: 'stripe', operation: 'webhooks.deliver', mode: 'before' });
    await company.advance(2 * DAY_S);
    await company.advance(20 * DAY_S);
    await desk.clearFaults();
    // Whatever comes next, however little it says, has the whole account read.
    await env.client.workflow.getHandle(subscriptionWorkflowId(company.id)).signal('subscriptionNews');
    const state = await desk.until(company, 'the notice', (each) =>
      noticesOf(each).includes('deactivated sent'),
    );
    expect(state).toMatchObject({ status: 'canceled', newBookings: false, dunningStage: 'none' });
    // The steps in between say nothing new any more.
    expect(noticesOf(state)).toEqual(['deactivated sent', 'trial-ending sent']);
  });

  it('in another currency is not counted; an operator is told until it is put right', async () => {
    const company = await desk.onClock();
    const customer = company.customerId;
    const { id } = await desk.stripe.invoices.create({ customer, currency: 'usd' });
    await desk.stripe.invoiceItems.create({ customer, invoice: id, amount: 700, currency: 'usd' });
    const { payments } = await desk.stripe.invoices.pay(id, { expand: ['payments'] });
    const state = await desk.until(company, 'the invoice', ({ invoices }) => invoices[0]?.status === 'paid');
    expect(state).toMatchObject({ paidCents: 0, invoices: [{ oddCurrency: true, currency: 'USD' }] });
    const standing = async () => {
      const query = `kind=invoice-in-another-currency&standing=true&company=${company.slug}`;
      return (await desk.api('GET', `/api/alerts?${query}`)) as { items: { entity: string }[] };
    };
    expect((await standing()).items).toMatchObject([{ entity: id }]);

    const intent = payments!.data[0]!.payment.payment_intent as string;
    await desk.stripe.refunds.create({ payment_intent: intent });
    await eventually('the alert to be over', async () =>
      (await standing()).items.length === 0 ? true : undefined,
    );
  });
});

describe('a refund', () => {
  it('is made once, never beyond what is left, before and after Stripe is asked', async () => {
    const company = await desk.onClock();
    const customer = company.customerId;
    await desk.stripe.subscriptions.create({ customer, items: [{ price }], currency: 'eur' });
    const state = await desk.until(company, 'the payment', ({ paidCents }) => paidCents === 4_900);
    const [{ id }] = state.invoices;
    const refund = (amountCents: number) => desk.api('POST', `/api/invoices/${id}/refund`, { amountCents });
    await expect(refund(4_901)).rejects.toThrow(/400.*amountCents: is more than the 4900 that are left/);

    await desk.fault({ vendor: 'stripe', operation: 'refunds.create', mode: 'executed-then-drop', count: 1 });
    expect(await refund(900)).toMatchObject({ kind: 'refund', amountCents: 900 });
    await desk.until(company, 'the refund', ({ paidCents }) => paidCents === 4_000);
    const ours = (await desk.ledger('stripe', 'refunds.create')).filter(({ key }) =>
      key?.startsWith('subscription-request:'),
    );
    expect(ours).toHaveLength(1);
    await expect(refund(4_001)).rejects.toThrow('400');

    // Somebody refunds at Stripe itself, and we are not told.
    await desk.fault({ vendor: 'stripe', operation: 'webhooks.deliver', mode: 'before' });
    const { data } = await desk.stripe.charges.list({ customer });
    await desk.stripe.refunds.create({ charge: data[0]!.id, amount: 3_500 });
    await expect(refund(501)).rejects.toThrow(/409.*larger-than-the-charge/);
    expect(await refund(500)).toMatchObject({ status: 'done' });
    const { requests } = await desk.api('GET', `/api/companies/${company.slug}/subscription`);
    expect(requests).toMatchObject([
      { amountCents: 500, status: 'done', refusal: null },
      { amountCents: 501, status: 'refused', refusal: 'larger-than-the-charge' },
      { amountCents: 900, status: 'done' },
    ]);
    await expect(refund(1)).rejects.toThrow('400');
  });
});

describe('while Stripe is away', () => {
  it('news waits, and a checkout says so', async () => {
    const company = await desk.onClock();
    await desk.fault({
      vendor: 'stripe',
      operation: 'subscriptions.list',
      mode: 'status',
      status: 503,
      body: { error: { type: 'api_error' } },
    });
    await desk.stripe.subscriptions.create({
      customer: company.customerId,
      items: [{ price }],
      currency: 'eur',
    });
    await eventually('a try', async () => ((await desk.runs(company)) ? true : undefined));
    await desk.fault({ vendor: 'stripe', operation: 'checkout.create', mode: 'before' });
    const checkout = () => desk.api('POST', `/api/companies/${company.slug}/subscription/checkout`, {});
    await expect(checkout()).rejects.toThrow(/503.*stripe-unavailable/);
    await desk.clearFaults();
    await desk.until(company, 'the subscription', ({ status }) => status === 'active');
  });

  it('a notice whose mail nobody knows of is asked about, and sent again only if it did not go out', async () => {
    const company = await desk.onClock();
    const { id } = await desk.stripe.subscriptions.create({
      customer: company.customerId,
      items: [{ price }],
      currency: 'eur',
    });
    await desk.until(company, 'the subscription', ({ status }) => status === 'active');
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'executed-then-drop', count: 1 });
    await desk.stripe.subscriptions.cancel(id);
    const review = await openReviewOf(desk, subscriptionWorkflowId(company.id), 'unknown-effect');
    await answer(desk, review.id, { action: 'happened' });
    await desk.until(company, 'the notice', (state) => noticesOf(state).join() === 'deactivated sent');
    expect(await desk.mailsOf(company)).toHaveLength(1);
    await recordHistory(desk, subscriptionWorkflowId(company.id), 'subscription-notice-unknown');
  });
});
