import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monthlyBillingWorkflowId } from '../../../shared/ids.ts';
import { addMonths, monthOf } from '../../../shared/phone-desk/month.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { useMonth } from '../../support/used-month.ts';

interface Billing {
  status: string;
  total: number;
  pending: number;
  failed: number;
  invoiced: number;
  nothingDue: number;
  cancelled: number;
  percent: number;
  finished: boolean;
  completedAt: string | null;
}

const oneCall = { calls: 1, durationMs: 60_000, bookings: 0, messages: 0 };

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let salon: string;
let dental: string;
/** Each story has a month of its own, all of them over in every zone. */
let month = addMonths(monthOf(new Date()), -1);

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
  const rows = await desk.deps.db.selectFrom('companies').select(['id', 'slug']).execute();
  salon = rows.find(({ slug }) => slug === 'salon-lindgruen')!.id;
  dental = rows.find(({ slug }) => slug === 'northside-dental')!.id;
  await becomeCustomer(salon);
});
beforeEach(() => {
  month = addMonths(month, -1);
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** As after the checkout. */
async function becomeCustomer(companyId: string): Promise<string> {
  const { deps } = desk;
  const profile = { name: 'Company', email: 'desk@example.com', locale: 'en', companyId };
  const { id } = await deps.stripe.customers.create(profile, `customer:${companyId}`);
  await deps.pool.query(
    'INSERT INTO company_subscriptions (company_id, stripe_customer_id) VALUES ($1, $2)',
    [companyId, id],
  );
  return id;
}

/** Companies that come after all others. */
async function addCompanies(count: number, prefix: string): Promise<string[]> {
  const { rows } = await desk.deps.pool.query<{ id: string }>(
    `INSERT INTO companies (id, slug, name, time_zone, country, currency, contact_email)
      SELECT ('ffffffff-0000-4000-8000-' || lpad(($2 * 100 + n)::text, 12, '0'))::uuid, $1 || n, 'Company ' || n, 'UTC', 'DE',
        'EUR', 'desk@example.com' FROM generate_series(1, $2::int) n RETURNING id`,
    [prefix, count],
  );
  for (const { id } of rows) {
    await becomeCustomer(id);
  }
  return rows.map(({ id }) => id);
}

const request = () => desk.api('POST', `/api/billing/${month}`);
const look = async () => (await desk.api('GET', `/api/billing/${month}`)) as unknown as Billing;
const ended = () =>
  eventually('the billing to end', async () => {
    const billing = await look();
    if (!billing.finished) return undefined;
    const { status } = await env.client.workflow.getHandle(monthlyBillingWorkflowId(month)).describe();
    return status.name === 'RUNNING' ? undefined : billing;
  });
const bills = async () => {
  const { items } = await desk.api('GET', `/api/billing/${month}/bills`);
  return items as {
    company: string;
    status: string;
    reason: string | null;
    invoiceId: string;
    totalCents: number;
  }[];
};
const invoicesMade = async () =>
  (await desk.ledger('stripe', 'invoices.create')).filter((row) => JSON.stringify(row).includes(month))
    .length;

describe('the billing of a month', () => {
  it('is never finished before its companies are listed, and invoices what was used, once', async () => {
    await useMonth(desk.deps, salon, month, { calls: 12, durationMs: 61_000, bookings: 4, messages: 5 });
    expect(await request()).toMatchObject({ status: 'running', total: 0, percent: 0, finished: false });
    expect(await ended()).toMatchObject({
      status: 'finished',
      total: 2,
      invoiced: 1,
      nothingDue: 1,
      failed: 0,
      percent: 100,
      completedAt: expect.any(String),
    });
    const bill = (await bills()).find(({ company }) => company === 'salon-lindgruen')!;
    expect(bill.totalCents).toBe(12 * 5 + 24 * 12 + 4 * 50 + 5 * 6);
    const invoice = await desk.deps.stripe.invoices.retrieve(bill.invoiceId);
    expect(invoice).toMatchObject({ status: 'open', currency: 'EUR', totalCents: bill.totalCents });
    expect(invoice.metadata).toMatchObject({ company_id: salon, month });
    await recordHistory(desk, monthlyBillingWorkflowId(month), 'month-billed');
    await recordHistory(desk, `company-billing/${salon}/${month}`, 'company-invoiced');

    await request();
    await ended();
    expect(await invoicesMade()).toBe(1);
  });

  it('goes on over a company that cannot be billed, tells of it once, and repeats only that one', async () => {
    const used = { calls: 2, durationMs: 60_000, bookings: 1, messages: 0 };
    await useMonth(desk.deps, salon, month, used);
    await useMonth(desk.deps, dental, month, used);
    await request();
    expect(await ended()).toMatchObject({ status: 'finished', invoiced: 1, failed: 1, completedAt: null });
    const failed = (await bills()).find(({ status }) => status === 'failed')!;
    expect(failed).toMatchObject({ company: 'northside-dental', reason: expect.stringMatching(/checkout/) });
    const alerts = async () =>
      (await desk.api('GET', '/api/alerts?standing=true&kind=billing-failed')).items as object[];
    expect(await alerts()).toMatchObject([{ entity: month, detail: { failed: 1 } }]);
    await recordHistory(desk, monthlyBillingWorkflowId(month), 'month-billed-in-part');

    await becomeCustomer(dental);
    await request();
    expect(await ended()).toMatchObject({ invoiced: 2, failed: 0, completedAt: expect.any(String) });
    expect(await alerts()).toEqual([]);
    expect(await invoicesMade()).toBe(2);
  });

  it('bills nobody twice when answers of Stripe are lost', async () => {
    await useMonth(desk.deps, salon, month, { calls: 2, durationMs: 60_000, bookings: 1, messages: 1 });
    for (const operation of ['invoices.create', 'invoiceitems.create', 'invoices.finalize']) {
      await desk.fault({ vendor: 'stripe', operation, mode: 'executed-then-drop', count: 1 });
    }
    await request();
    expect(await ended()).toMatchObject({ invoiced: 1, failed: 0 });
    const bill = (await bills()).find(({ status }) => status === 'invoiced')!;
    const invoice = await desk.deps.stripe.invoices.retrieve(bill.invoiceId);
    expect(invoice).toMatchObject({ status: 'open', totalCents: bill.totalCents });
    expect(await invoicesMade()).toBe(1);
  });

  it('makes no invoice due whose draft somebody has changed', async () => {
    const { deps } = desk;
    await useMonth(deps, salon, month, { calls: 1, durationMs: 60_000, bookings: 0, messages: 0 });
    await desk.fault({ vendor: 'stripe', operation: 'invoices.finalize', mode: 'status', status: 503 });
    await request();
    const draft = await eventually('a draft', async () => {
      const [newest] = await deps.stripe.invoices.list(
        (
          await deps.db
            .selectFrom('company_subscriptions')
            .where('company_id', '=', salon)
            .selectAll()
            .executeTakeFirstOrThrow()
        ).stripe_customer_id!,
        1,
      );
      return newest?.status === 'draft' && newest.metadata.month === month && newest.totalCents > 0
        ? newest
        : undefined;
    });
    await deps.stripe.invoices.addItem(
      {
        invoiceId: draft.id,
        customerId: draft.customerId!,
        amountCents: 900,
        currency: 'EUR',
        description: 'by hand',
        metadata: {},
      },
      'by-hand',
    );
    await desk.clearFaults();
    expect(await ended()).toMatchObject({ failed: 1, invoiced: 0 });
    expect((await bills()).find(({ status }) => status === 'failed')!.reason).toMatch(/draft .* is over/);
    expect((await deps.stripe.invoices.retrieve(draft.id)).status).toBe('draft');
  });

  describe('of many companies', () => {
    const FIVE_AT_ONCE = 5;
    let seven: string[];

    beforeAll(async () => {
      seven = await addCompanies(7, 'many-');
    });
    beforeEach(async () => {
      for (const id of seven) await useMonth(desk.deps, id, month, oneCall);
      await desk.fault({ vendor: 'stripe', operation: 'invoices.create', mode: 'delay', delayMs: 1_500 });
      await request();
      await eventually('the first bills to be made', async () => {
        const begun = await desk.deps.db
          .selectFrom('company_bills')
          .where('month', '=', month)
          .where('total_cents', '>', 0)
          .select('month')
          .execute();
        return begun.length >= FIVE_AT_ONCE - 2 ? true : undefined;
      });
    });

    it('takes in a company while it runs, and none when it is over', async () => {
      const [late] = await addCompanies(1, 'late-');
      await useMonth(desk.deps, late!, month, oneCall);
      const add = () => desk.api('POST', `/api/billing/${month}/companies`, { company: 'late-1' });
      expect(await add()).toEqual({ company: 'late-1', change: 'added' });
      expect(await look()).toMatchObject({ finished: false, total: 2 + seven.length + 1 });
      await desk.clearFaults();
      expect(await ended()).toMatchObject({ status: 'finished', invoiced: 8, failed: 0 });
      expect((await bills()).find(({ company }) => company === 'late-1')).toMatchObject({
        status: 'invoiced',
      });
      await expect(add()).rejects.toThrow(/billing-not-running/);
      await desk.deps.pool.query('UPDATE companies SET active = false WHERE id = $1', [late]);
    });

    it('stops on request before the next one, and takes up the others when it is asked again', async () => {
      await desk.api('POST', `/api/billing/${month}/cancel`);
      await desk.clearFaults();
      const cancelled = await ended();
      expect(cancelled).toMatchObject({ status: 'cancelled', pending: 0, failed: 0, percent: 100 });
      expect(cancelled.cancelled).toBeGreaterThan(0);
      expect(cancelled.invoiced).toBeGreaterThan(0);
      await recordHistory(desk, monthlyBillingWorkflowId(month), 'billing-cancelled');
      await request();
      expect(await ended()).toMatchObject({ status: 'finished', invoiced: 7, cancelled: 0 });
      expect(await invoicesMade()).toBe(7);
    });
  });

  it('waits until the month is over, and is the business of operators', async () => {
    const now = monthOf(new Date());
    await expect(desk.api('POST', `/api/billing/${now}`)).rejects.toThrow(/is not over yet/);
    await expect(desk.api('POST', '/api/billing/2026-13')).rejects.toThrow(/must be a month/);
    await expect(desk.api('GET', '/api/billing/2001-01')).rejects.toThrow(/404/);
  });
});
