import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBillingAccount } from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { Deps } from '../../../platform/deps.ts';
import { DAY_S, price, type Reading, type Step, startBilling } from './subscription-fixture.ts';

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

type State = Awaited<ReturnType<typeof billing.stateOf>>;

function expectOneState(states: State[]): void {
  const [{ subscription, invoices }] = states as [State];
  expect({ subscription, invoices }).toMatchObject(ended);
  for (const state of states) {
    expect(state.subscription).toEqual(subscription);
    expect(state.invoices).toEqual(invoices);
    // Whatever was seen on the way was told once, and the end always.
    expect(new Set(state.notices).size).toBe(state.notices.length);
    expect(state.notices).toContain('deactivated');
  }
}

describe('the events of a subscription', () => {
  it('lead to one state in every order, told once or several times, early or late', async () => {
    const life = await billing.life(steps);
    const readings: Reading[] = [];
    for (let step = 1; step <= steps.length; step += 1) {
      await life.upTo(step);
      readings.push(await billing.reading(life.customer));
    }
    const events = new Map(
      await Promise.all(told.map(async ([type]) => [type, await life.event(type)] as const)),
    );
    let reached = 0;
    const stripe = billing.reads(() => readings[reached - 1]!);
    const states = [];
    const orders = permutations(told);
    expect(orders).toHaveLength(120);
    for (const [n, order] of orders.entries()) {
      reached = 0;
      // One of them is told twice, with others in between.
      const repeated = order.toSpliced((n * 3) % (order.length + 1), 0, order[n % order.length]!);
      const state = await billing.inTurn(life.customer, async (company) => {
        for (const [type, step] of repeated) {
          reached = Math.max(reached, step);
          await billing.take(events.get(type)!, stripe);
        }
        return billing.stateOf(company);
      });
      states.push(state);
    }
    expectOneState(states);
  });

  it('lead to it at Stripe itself, too', async () => {
    const orders = permutations(told).filter((_order, index) => index % 20 === 0);
    const lives = await Promise.all(
      orders.map(async (order) => {
        const life = await billing.life(steps);
        for (const [type, step] of order) {
          await life.upTo(step);
          await billing.take(await life.event(type));
        }
        return life;
      }),
    );
    expectOneState(await Promise.all(lives.map(({ company }) => billing.stateOf(company))));
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

  it('ends with its customer at Stripe, also when what that customer had can still be listed', async () => {
    const life = await billing.life(steps);
    await life.upTo(1);
    await billing.adopt(life.company.id);
    const { subscriptions, ...before } = await billing.reading(life.customer);
    await billing.stripe.customers.del(life.customer);
    const ended = subscriptions.map((each) => ({ ...each, status: 'canceled', endedAt: before.now }));
    const after = billing.reads(() => ({ ...before, subscriptions: ended }));
    const { customers } = billing.deps.stripe;
    await billing.adopt(life.company.id, { ...after, stripe: { ...after.stripe, customers } });
    expect((await billing.stateOf(life.company)).subscription).toMatchObject({
      status: 'canceled',
      suspended: true,
    });
    // The next checkout makes another customer.
    const { customerId } = (await readBillingAccount(billing.deps.db, life.company.id))!;
    expect(customerId).toBeNull();
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
