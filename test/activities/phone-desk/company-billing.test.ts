import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompanyBillingActivities } from '../../../activities/phone-desk/company-billing/index.ts';
import { createMonthlyBillingActivities } from '../../../activities/phone-desk/monthly-billing/index.ts';
import { findFailure } from '../../../shared/failures.ts';
import { addCompany } from '../../api/support.ts';
import { startBilling } from './subscription-fixture.ts';

const october = '2026-10';
const november = '2026-11';

let billing: Awaited<ReturnType<typeof startBilling>>;
let number = 0;

beforeAll(async () => {
  billing = await startBilling();
  // Steps that follow each other without a run that waits for Stripe's limit have none.
  const { effects } = billing.deps;
  const once: typeof effects.once = ({ quota: _limit, ...effect }) => effects.once(effect);
  billing = { ...billing, deps: { ...billing.deps, effects: { ...effects, once } } };
});
afterAll(() => billing?.close());

/** A company in Berlin, as after the checkout; the only one that is active. */
async function newCompany() {
  number += 1;
  await billing.deps.db.updateTable('companies').set({ active: false }).execute();
  const company = await addCompany(billing.deps.db, `billed-${number}`);
  const { id: customer } = await billing.stripe.customers.create({ email: 'desk@billed.example' });
  await billing.deps.db
    .insertInto('company_subscriptions')
    .values({ company_id: company.id, stripe_customer_id: customer })
    .execute();
  return { ...company, customer };
}

/** A call of a minute that ended then. */
async function call(companyId: string, endedAt: string) {
  await billing.deps.pool.query(
    `INSERT INTO calls (company_id, vendor, vendor_call_id, agent_id, direction, status, ended_at, duration_ms)
      VALUES ($1, 'retell', gen_random_uuid()::text, 'agent', 'inbound', 'ended', $2, 60000)`,
    [companyId, endedAt],
  );
}

const atDecember = () => ({ ...billing.deps, clock: () => new Date('2026-12-01T12:00:00Z') });

/** One attempt at a company's bill, step by step as its run takes them. */
async function bill(
  companyId: string,
  month: string,
  at = new Date('2026-12-01T12:00:00Z'),
  by = billing.deps,
) {
  const deps = { ...by, clock: () => at };
  const key = { companyId, month };
  const steps = createCompanyBillingActivities(deps);
  await createMonthlyBillingActivities(deps).listCompaniesToBill(month);
  try {
    const fixed = await steps.fixCompanyBill(key);
    if (fixed.status !== 'due') return fixed.status;
    const invoiceId = await steps.createInvoice(key);
    for (const line of fixed.lines) await steps.addInvoiceLine(key, invoiceId, line);
    await steps.finalizeInvoice(key, invoiceId);
    return 'invoiced';
  } catch (error) {
    await steps.noteFailedBill(key, findFailure(error)!.message);
    return 'failed';
  } finally {
    await createMonthlyBillingActivities(deps).endBilling(month);
  }
}

const billOf = (companyId: string, month: string) =>
  billing.deps.db
    .selectFrom('company_bills')
    .where('company_id', '=', companyId)
    .where('month', '=', month)
    .selectAll()
    .executeTakeFirstOrThrow();
const invoicesOf = async (customer: string) => {
  const { data } = await billing.stripe.invoices.list({ customer });
  return data.map(({ id, status, total }) => ({ id, status, total }));
};

describe('what is metered', () => {
  it('ends with the last minute of the month by the clock of the company, over a clock change', async () => {
    const { id } = await newCompany();
    await call(id, '2026-09-30T21:59:59.999Z');
    await call(id, '2026-09-30T22:00:00Z');
    await call(id, '2026-10-31T22:59:59.999Z');
    await call(id, '2026-10-31T23:00:00Z');
    await bill(id, october);
    await bill(id, november);
    expect((await billOf(id, october)).usage).toMatchObject({ calls: 2, minutes: 2 });
    expect((await billOf(id, november)).usage).toMatchObject({ calls: 1 });
  });

  it('is billed with the next month when it becomes known after its own was billed, once', async () => {
    const { id, customer } = await newCompany();
    await call(id, '2026-10-05T10:00:00Z');
    expect(await bill(id, october)).toBe('invoiced');
    await call(id, '2026-10-31T22:58:00Z');
    await call(id, '2026-11-05T10:00:00Z');
    expect(await bill(id, november)).toBe('invoiced');
    expect((await billOf(id, november)).lines).toMatchObject([
      { kind: 'calls', units: 1 },
      { kind: 'minutes', units: 1 },
      { kind: 'calls', units: 1, month: october },
      { kind: 'minutes', units: 1, month: october },
    ]);
    expect((await invoicesOf(customer)).map(({ total }) => total)).toEqual([34, 17]);
    const items = await billing.stripe.invoiceItems.list({ customer, limit: 10 });
    expect(items.data.map(({ description }) => description)).toContain('1 call at €0.05, October 2026');
    expect(await bill(id, '2026-12', new Date('2027-01-02T00:00:00Z'))).toBe('nothing-due');
  });

  it('of a company that moves to another zone is neither billed twice nor let off', async () => {
    const { id } = await newCompany();
    const inGap = '2026-11-01T01:00:00Z';
    await call(id, inGap);
    await bill(id, october);
    await billing.deps.db
      .updateTable('companies')
      .set({ time_zone: 'America/New_York' })
      .where('id', '=', id)
      .execute();
    await bill(id, november, new Date('2026-12-02T00:00:00Z'));
    expect((await billOf(id, october)).usage).toMatchObject({ calls: 0 });
    expect((await billOf(id, november)).lines).toMatchObject([{ kind: 'calls', units: 1 }, {}]);
  });
});

describe('a company that was closed in the middle of a month', () => {
  it('is billed for what it used until then, and not asked after that', async () => {
    const { id, customer } = await newCompany();
    await call(id, '2026-10-05T10:00:00Z');
    await billing.deps.db.updateTable('companies').set({ active: false }).where('id', '=', id).execute();
    expect(await bill(id, october)).toBe('invoiced');
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'open', total: 17 }]);
    await createMonthlyBillingActivities(billing.deps).listCompaniesToBill(november);
    await expect(billOf(id, november)).rejects.toThrow(/no result/);
  });
});

describe('a bill that has failed', () => {
  it('is made when what Stripe refused has been put right', async () => {
    const { id, customer } = await newCompany();
    await call(id, '2026-10-05T10:00:00Z');
    await billing.deps.db
      .updateTable('company_subscriptions')
      .set({ stripe_customer_id: 'cus_gone' })
      .where('company_id', '=', id)
      .execute();
    expect(await bill(id, october)).toBe('failed');
    expect(await billOf(id, october)).toMatchObject({ reason: expect.stringMatching(/resource_missing/) });
    await billing.deps.db
      .updateTable('company_subscriptions')
      .set({ stripe_customer_id: customer })
      .where('company_id', '=', id)
      .execute();
    expect(await bill(id, october)).toBe('invoiced');
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'open', total: 17 }]);
  });

  it('is made anew when somebody has deleted its draft', async () => {
    const { id, customer } = await newCompany();
    await call(id, '2026-10-05T10:00:00Z');
    await createMonthlyBillingActivities(billing.deps).listCompaniesToBill(october);
    const steps = createCompanyBillingActivities(atDecember());
    const key = { companyId: id, month: october };
    await steps.fixCompanyBill(key);
    const draft = await steps.createInvoice(key);
    await steps.addInvoiceLine(key, draft, 'calls');
    await billing.stripe.invoices.del(draft);
    await steps.noteFailedBill(key, 'its run was ended from outside');
    await createMonthlyBillingActivities(billing.deps).endBilling(october);

    expect(await bill(id, october)).toBe('invoiced');
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'open', total: 17 }]);
    expect((await invoicesOf(customer))[0]!.id).not.toBe(draft);
  });

  it('is made for the customer that the company is now, and what the former one has stays a draft', async () => {
    const { id, customer } = await newCompany();
    await call(id, '2026-10-05T10:00:00Z');
    await createMonthlyBillingActivities(billing.deps).listCompaniesToBill(october);
    const steps = createCompanyBillingActivities(atDecember());
    const key = { companyId: id, month: october };
    await steps.fixCompanyBill(key);
    await steps.createInvoice(key);
    await steps.noteFailedBill(key, 'its run was ended from outside');
    await createMonthlyBillingActivities(billing.deps).endBilling(october);
    const { id: now } = await billing.stripe.customers.create({ email: 'desk@billed.example' });
    await billing.deps.db
      .updateTable('company_subscriptions')
      .set({ stripe_customer_id: now })
      .where('company_id', '=', id)
      .execute();
    expect(await bill(id, october)).toBe('invoiced');
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'draft' }]);
    expect(await invoicesOf(now)).toMatchObject([{ status: 'open', total: 17 }]);
  });

  it('leaves nothing open when its company is not active any more', async () => {
    const { id } = await newCompany();
    await billing.deps.db.deleteFrom('company_subscriptions').where('company_id', '=', id).execute();
    const month = '2026-07';
    await call(id, '2026-07-05T10:00:00Z');
    expect(await bill(id, month)).toBe('failed');
    await billing.deps.db.updateTable('companies').set({ active: false }).where('id', '=', id).execute();
    const steps = createMonthlyBillingActivities(billing.deps);
    await steps.listCompaniesToBill(month);
    expect(await steps.endBilling(month)).toBe('completed');
    expect(await billOf(id, month)).toMatchObject({
      status: 'cancelled',
      reason: 'the company is not active',
    });
  });
});

describe('a bill over what Stripe has forgotten', () => {
  it('takes nothing in that a broken try has left on the customer', async () => {
    const { id, customer } = await newCompany();
    await call(id, '2026-10-05T10:00:00Z');
    await billing.stripe.invoiceItems.create({ customer, amount: 900, currency: 'eur' });
    expect(await bill(id, october)).toBe('invoiced');
    expect(await invoicesOf(customer)).toMatchObject([{ total: 17 }]);
  });

  it('is found by its metadata days after the idempotency key is gone', async () => {
    const { id, customer } = await newCompany();
    await call(id, '2026-10-05T10:00:00Z');
    expect(await bill(id, october)).toBe('invoiced');
    // As if every answer had been lost, and Stripe had forgotten the keys: only our own key in the metadata is left.
    await billing.deps.pool.query(
      `UPDATE effects SET status = 'intent', result = NULL, lease_until = now() WHERE starts_with(key, $1)`,
      [`bill:${id}:`],
    );
    await billing.deps.db
      .updateTable('company_bills')
      .set({ status: 'failed', stripe_invoice_id: null })
      .where('company_id', '=', id)
      .execute();
    const never = () => Promise.reject(new Error('Stripe would do it once more'));
    const { stripe } = billing.deps;
    const invoices = { ...stripe.invoices, create: never, addItem: never, finalize: never };
    expect(await bill(id, october, undefined, { ...billing.deps, stripe: { ...stripe, invoices } })).toBe(
      'invoiced',
    );
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'open', total: 17 }]);
  });
});
