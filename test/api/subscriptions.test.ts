import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../emulators/fixture.ts';
import { priceId, startStripe } from '../integrations/stripe/fixture.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let world: Awaited<ReturnType<typeof startStripe>>;
let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;
let otherPrice: string;

beforeAll(async () => {
  world = await startStripe();
  api = await startTestApi({ stripe: world.client });
  const other = await world.stripe.prices.create({
    currency: 'eur',
    unit_amount: 9_900,
    recurring: { interval: 'month' },
    product_data: { name: 'Large desk' },
  });
  otherPrice = other.id;
  api.deps.env.STRIPE_PRICE_IDS = [priceId, otherPrice];
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => Promise.all([api.close(), world.host.close()]));

const path = (slug: string, rest = '') => `/api/companies/${slug}/subscription${rest}`;
const checkout = (body: unknown, key: string | null = randomUUID(), company = linde) =>
  api.post(
    path(company.slug, '/checkout'),
    body,
    company.key,
    key === null ? {} : { 'idempotency-key': key },
  );
const sessions = async () => (await world.host.ledger('vendor=stripe&operation=checkout.create')).length;

describe('whose subscription', () => {
  it("a key sees is its own company's; an operator sees each", async () => {
    expect((await api.get(path('linde'), linde.key)).status).toBe(200);
    expect((await api.get(path('linde'), api.operatorKey)).body).toMatchObject({
      company: 'linde',
      status: 'none',
    });
    for (const answer of [
      await api.get(path('linde'), ahorn.key),
      await api.get(path('nobody'), api.operatorKey),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
    }
    expect((await api.post(path('linde', '/cancel'), undefined, ahorn.key)).status).toBe(404);
  });
});

describe('a checkout', () => {
  it('is opened once per idempotency key, with one customer per company', async () => {
    const key = randomUUID();
    const first = await checkout({}, key);
    expect(first).toMatchObject({ status: 201, body: { url: expect.stringContaining('/stripe/c/pay/') } });
    expect((await checkout({}, key)).body).toEqual(first.body);
    const other = await checkout({ priceId: otherPrice });
    expect(other.body.id).not.toBe(first.body.id);
    expect(await sessions()).toBe(2);
    expect(await world.host.ledger('vendor=stripe&operation=customers.create')).toHaveLength(1);
  });

  it('whose answer got lost is found again', async () => {
    const before = await sessions();
    await world.host.fault({
      vendor: 'stripe',
      operation: 'checkout.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    const key = randomUUID();
    const lost = await checkout({}, key);
    expect(lost).toMatchObject({ status: 503, body: { code: 'stripe-unavailable' } });
    expect(lost.headers.get('retry-after')).toBe('10');
    await eventually(
      () => checkout({}, key),
      ({ status }) => status === 201,
    );
    expect(await sessions()).toBe(before + 1);
  });

  it('names what is wrong with it', async () => {
    const wrong = await checkout({ priceId: 'price_none', successUrl: 'ftp://x', more: 1 });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors.map(({ path: field }: { path: string }) => field).sort()).toEqual([
      'more',
      'successUrl',
    ]);
    const unknown = await checkout({ priceId: 'price_none' });
    expect(unknown.body.errors).toEqual([
      { path: 'priceId', message: `there is no such price; there are: ${priceId}, ${otherPrice}` },
    ]);
    expect((await checkout({}, null)).body.errors).toEqual([
      { path: 'idempotency-key', message: 'is required' },
    ]);
  });

  it('in a currency that the price does not have is refused by Stripe, and said so', async () => {
    const zurich = await addCompany(api.db, 'zurich');
    await api.db.updateTable('companies').set({ currency: 'CHF' }).where('id', '=', zurich.id).execute();
    expect(await checkout({}, randomUUID(), zurich)).toMatchObject({
      status: 409,
      body: { code: 'stripe-refused' },
    });
  });
});

describe('what needs a subscription', () => {
  it('is refused without one', async () => {
    const fresh = await addCompany(api.db, 'fresh');
    expect(await api.post(path('fresh', '/cancel'), undefined, fresh.key)).toMatchObject({
      status: 409,
      body: { code: 'no-subscription' },
    });
    expect(await api.post(path('fresh', '/portal'), {}, fresh.key)).toMatchObject({
      status: 409,
      body: { code: 'no-customer' },
    });
  });
});

describe('a refund', () => {
  const invoice = async (status: 'open' | 'paid', paymentIntent: string | null) => {
    const id = `in_${randomUUID()}`;
    await api.db
      .insertInto('invoices')
      .values({
        id,
        company_id: linde.id,
        status,
        currency: 'EUR',
        total_cents: 4_900,
        paid_cents: status === 'paid' ? 4_900 : 0,
        remaining_cents: status === 'paid' ? 0 : 4_900,
        refunded_cents: 900,
        attempts: 1,
        payment_intent_id: paymentIntent,
        odd_currency: false,
        created_at: new Date(),
      })
      .execute();
    return id;
  };
  const refund = (id: string, body: unknown, key = api.operatorKey) =>
    api.post(`/api/invoices/${id}/refund`, body, key, { 'idempotency-key': randomUUID() });

  it('is for operators, for what was paid at Stripe, and not beyond it', async () => {
    const paid = await invoice('paid', 'pi_1');
    expect(await refund(paid, { amountCents: 1 }, linde.key)).toMatchObject({
      status: 403,
      body: { code: 'operators-only' },
    });
    const larger = await refund(paid, { amountCents: 4_001 });
    expect(larger.status).toBe(400);
    expect(larger.body.errors).toEqual([
      {
        path: 'amountCents',
        message: 'is more than the 4000 that are left of the payment (EUR, minor units)',
      },
    ]);
    for (const amountCents of [0, -1, 1.5, '100']) {
      expect((await refund(paid, { amountCents })).body.errors).toMatchObject([{ path: 'amountCents' }]);
    }
    expect(await refund(await invoice('open', 'pi_2'), { amountCents: 1 })).toMatchObject({
      status: 409,
      body: { code: 'invoice-not-paid' },
    });
    expect(await refund(await invoice('paid', null), { amountCents: 1 })).toMatchObject({
      status: 409,
      body: { code: 'not-paid-at-stripe' },
    });
    expect((await refund('in_none', { amountCents: 1 })).status).toBe(404);
  });
});
