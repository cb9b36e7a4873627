import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Deps } from '../../../platform/deps.ts';
import { DAY_S, type Life, price, type Step, startBilling } from './subscription-fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

let billing: Awaited<ReturnType<typeof startBilling>>;

beforeAll(async () => {
  billing = await startBilling();
});
afterAll(() => billing.close());

const attach = async (customer: string, card: string) => {
  const { id } = await billing.stripe.paymentMethods.attach(card, { customer });
  await billing.stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
};
const subscriptionOf = async (customer: string) =>
  (await billing.stripe.subscriptions.list({ customer })).data[0]!;

/** A trial, a payment that fails and then comes, and a cancellation. */
const steps: Step[] = [
  async (customer) => {
    await attach(customer, 'pm_card_chargeCustomerFail');
    const items = [{ price }];
    await billing.stripe.subscriptions.create({ customer, items, currency: 'eur', trial_period_days: 14 });
  },
  (_customer, advance) => advance(15 * DAY_S),
  async (customer) => {
    await attach(customer, 'pm_card_visa');
    const { latest_invoice } = await subscriptionOf(customer);
    await billing.stripe.invoices.pay(latest_invoice as string);
  },
  async (customer) => billing.stripe.subscriptions.cancel((await subscriptionOf(customer)).id),
];
/** What is told of it, and after which step it can be told at the earliest. */
const told = [
  ['customer.subscription.created', 1],
  ['invoice.payment_failed', 2],
  ['invoice.paid', 3],
  ['invoice.payment_succeeded', 3],
  ['customer.subscription.deleted', 4],
] as const;

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((first, index) =>
    permutations(list.filter((_each, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}

const ended = {
  subscription: {
    status: 'canceled',
    currency: 'EUR',
    unit_amount_cents: 4_900,
    dunning: 'none',
    suspended: true,
  },
  invoices: [
    { status: 'paid', total_cents: 0, paid_cents: 0, attempts: 0 },
    { status: 'paid', total_cents: 4_900, paid_cents: 4_900, refunded_cents: 0, attempts: 2 },
  ],
};

describe('the events of a subscription', () => {
  it('lead to one state in every order, told once or several times, early or late', async () => {
    const orders = permutations(told);
    expect(orders).toHaveLength(120);
    const play = async (order: (typeof told)[number][], seed: number): Promise<Life> => {
      const life = await billing.life(steps);
      // Told by chance again, while others are on their way.
      const again = order.flatMap((each, index) =>
        (seed * 7 + index * 3) % 4 === 0 ? [each, each] : [each],
      );
      again.splice((seed * 5) % again.length, 0, ...again.slice(0, seed % 2));
      for (const [type, step] of again) {
        await life.upTo(step);
        await billing.take(await life.event(type));
      }
      return life;
    };
    const states = [];
    for (let first = 0; first < orders.length; first += 6) {
      const lives = await Promise.all(
        orders.slice(first, first + 6).map((order, n) => play(order, first + n)),
      );
      states.push(...(await Promise.all(lives.map(({ company }) => billing.stateOf(company)))));
    }
    const [{ subscription, invoices }] = states as [(typeof states)[number]];
    expect({ subscription, invoices }).toMatchObject(ended);
    for (const state of states) {
      expect(state.subscription).toEqual(subscription);
      expect(state.invoices).toEqual(invoices);
      // Whatever was seen on the way was told once, and the end always.
      expect(new Set(state.notices).size).toBe(state.notices.length);
      expect(state.notices).toContain('deactivated');
    }
  });

  it('lead to that state when only one of them arrives, whichever it is', async () => {
    const lives = await Promise.all(
      told.map(async ([type]) => {
        const life = await billing.life(steps);
        await life.upTo(steps.length);
        await billing.take(await life.event(type));
        return life;
      }),
    );
    for (const { company } of lives) {
      const before = await billing.stateOf(company);
      expect(before).toMatchObject({ ...ended, notices: ['deactivated'] });
      await billing.adopt(company.id);
      expect(await billing.stateOf(company)).toEqual(before);
    }
  });
});

describe('two readings of one account', () => {
  it('leave the younger one, whichever is written last', async () => {
    const life = await billing.life(steps);
    await life.upTo(1);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let hasRead = () => {};
    const read = new Promise<void>((resolve) => {
      hasRead = resolve;
    });
    const { stripe } = billing.deps;
    const slow: Deps = {
      ...billing.deps,
      stripe: {
        ...stripe,
        charges: {
          ...stripe.charges,
          async list(customerId) {
            const charges = await stripe.charges.list(customerId);
            hasRead();
            await held;
            return charges;
          },
        },
      },
    };
    const older = billing.adopt(life.company.id, slow);
    await read;
    await life.upTo(steps.length);
    await billing.adopt(life.company.id);
    goOn();
    await older;
    expect(await billing.stateOf(life.company)).toMatchObject(ended);
  });
});

describe('what a company pays', () => {
  it('is taken by access: an overdue payment leaves it open, an unpaid or deleted one does not', async () => {
    const life = await billing.life(steps);
    await life.upTo(2);
    await billing.adopt(life.company.id);
    const overdue = await billing.stateOf(life.company);
    expect(overdue).toMatchObject({
      subscription: { status: 'past_due', dunning: 'first', suspended: false },
      notices: ['payment-failed-first'],
    });
    await billing.stripe.customers.del(life.customer);
    await billing.adopt(life.company.id);
    const gone = await billing.stateOf(life.company);
    expect(gone.subscription).toMatchObject({ status: 'canceled', suspended: true });
    expect(await billing.adopt(life.company.id)).toMatchObject({ standing: 'over' });
  });

  it('twice at once stands before an operator', async () => {
    const life = await billing.life(steps);
    await life.upTo(1);
    const items = [{ price }];
    const second = await billing.stripe.subscriptions.create({
      customer: life.customer,
      items,
      currency: 'eur',
      trial_period_days: 3,
    });
    await billing.adopt(life.company.id);
    const standing = () =>
      billing.deps.db
        .selectFrom('alerts')
        .where('kind', '=', 'subscribed-twice')
        .where('company_id', '=', life.company.id)
        .where('cleared_at', 'is', null)
        .selectAll()
        .execute();
    expect(await standing()).toHaveLength(1);
    await billing.stripe.subscriptions.cancel(second.id);
    await billing.adopt(life.company.id);
    expect(await standing()).toEqual([]);
    expect((await billing.stateOf(life.company)).subscription).toMatchObject({
      status: 'trialing',
      suspended: false,
    });
  });

  it("and a company that is gone is nobody's concern", async () => {
    const life = await billing.life(steps);
    await life.upTo(1);
    await billing.deps.db.deleteFrom('companies').where('id', '=', life.company.id).execute();
    expect(await billing.adopt(life.company.id)).toMatchObject({ standing: 'gone', notices: [] });
  });
});
