import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMonthlyBillingActivities } from '../../../activities/phone-desk/monthly-billing/index.ts';
import { readBilling } from '../../../db/phone-desk/billing/billing-read.ts';
import {
  addBill,
  requestBilling,
  requestBillingCancel,
} from '../../../db/phone-desk/billing/billing-runs.ts';
import { endBill } from '../../../db/phone-desk/billing/bills.ts';
import { addMonths } from '../../../shared/phone-desk/month.ts';
import { addCompany } from '../../api/support.ts';
import { startBilling } from './subscription-fixture.ts';

let billing: Awaited<ReturnType<typeof startBilling>>;
let steps: ReturnType<typeof createMonthlyBillingActivities>;
let companies: string[];
let month = '2020-01';

beforeAll(async () => {
  billing = await startBilling();
  steps = createMonthlyBillingActivities(billing.deps);
  companies = [];
  for (const slug of ['first', 'second', 'third'])
    companies.push((await addCompany(billing.deps.db, slug)).id);
  companies.sort();
});
beforeEach(() => {
  month = addMonths(month, 1);
});
afterAll(() => billing?.close());

const ask = () => requestBilling(billing.deps.db, month);
const cancel = () => requestBillingCancel(billing.deps.db, month);
const look = async () => (await readBilling(billing.deps.db, month))!;
const end = (index: number, status: 'failed' | 'invoiced') =>
  endBill(billing.deps.db, companies[index]!, month, { status });
const told = async () => {
  const rows = await billing.deps.db
    .selectFrom('audit_log')
    .where('entity', '=', `billing/${month}`)
    .where('actor', '=', 'monthly-billing')
    .select('action')
    .execute();
  return rows.map(({ action }) => action);
};

describe('a billing that is asked for', () => {
  it('once more while it runs takes up what has failed before it ends, and only that', async () => {
    await ask();
    await steps.listCompaniesToBill(month);
    await end(0, 'invoiced');
    await end(1, 'failed');
    await end(2, 'invoiced');
    await ask();
    expect(await look()).toMatchObject({ status: 'running', finished: false, percent: 66 });
    expect(await steps.endBilling(month)).toBe('goes-on');
    await steps.listCompaniesToBill(month, true);
    expect(await steps.nextBills(month, 10)).toEqual([companies[1]]);
    // What the same request starts or wakes finds it done.
    await end(1, 'failed');
    expect(await steps.endBilling(month)).toBe('finished');
    await steps.listCompaniesToBill(month, true);
    expect(await steps.nextBills(month, 10)).toEqual([]);
  });

  it('while it is being cancelled goes on', async () => {
    await ask();
    await steps.listCompaniesToBill(month);
    expect(await cancel()).toBe(true);
    expect(await steps.nextBills(month, 10)).toEqual([]);
    await ask();
    expect(await steps.endBilling(month)).toBe('goes-on');
    await steps.listCompaniesToBill(month, true);
    expect(await steps.nextBills(month, 10)).toEqual(companies);
  });

  it('is not finished between two companies, and ends when the one added last is done', async () => {
    await ask();
    await steps.listCompaniesToBill(month);
    for (const index of [0, 1, 2]) await end(index, 'invoiced');
    const late = await addCompany(billing.deps.db, `late-${month}`);
    expect(await addBill(billing.deps.db, month, late.id)).toBe('added');
    expect(await addBill(billing.deps.db, month, late.id)).toBe('there-already');
    expect(await steps.endBilling(month)).toBe('goes-on');
    await endBill(billing.deps.db, late.id, month, { status: 'nothing-due' });
    expect(await steps.endBilling(month)).toBe('completed');
    expect(await addBill(billing.deps.db, month, late.id)).toBe('not-running');
    await billing.deps.db.deleteFrom('companies').where('id', '=', late.id).execute();
  });
});

describe('the hooks of a billing', () => {
  it('tell its end once, however often the step is repeated, and the end of a repeat again', async () => {
    for (const expected of [1, 2]) {
      await ask();
      await steps.listCompaniesToBill(month);
      for (const index of [0, 1, 2]) await end(index, 'failed');
      const status = await steps.endBilling(month);
      await Promise.all([steps.onEnded(month, status), steps.onEnded(month, status)]);
      await steps.endBilling(month);
      await steps.onEnded(month, status);
      expect(await told()).toEqual(Array.from({ length: expected }, () => 'billing.finished'));
    }
  });

  it('raise one alert over all failures, which stands until everything is billed', async () => {
    const standing = () =>
      billing.deps.db
        .selectFrom('alerts')
        .where('kind', '=', 'billing-failed')
        .where('entity', '=', month)
        .select(['detail', 'cleared_at'])
        .execute();
    await ask();
    await steps.listCompaniesToBill(month);
    for (const index of [0, 1, 2]) {
      await end(index, 'failed');
      await steps.onFailed(month);
    }
    await steps.endBilling(month);
    expect(await standing()).toMatchObject([{ detail: { failed: 3 }, cleared_at: null }]);
    await ask();
    await steps.listCompaniesToBill(month);
    for (const index of [0, 1, 2]) await end(index, 'invoiced');
    expect(await steps.endBilling(month)).toBe('completed');
    await steps.onCompleted(month);
    expect(await standing()).toMatchObject([{ cleared_at: expect.any(Date) }]);
  });
});
