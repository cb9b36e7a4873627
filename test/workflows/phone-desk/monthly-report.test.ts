import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportFigures } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import { monthlyReportWorkflowId } from '../../../shared/ids.ts';
import { addMonths, monthOf } from '../../../shared/phone-desk/month.ts';
import { monthlyReportStart } from '../../../workflows/phone-desk/monthly-report/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { useMonth } from '../../support/used-month.ts';

const month = addMonths(monthOf(new Date()), -2);

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let salon: string;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
  const row = await desk.deps.db
    .selectFrom('companies')
    .where('slug', '=', 'salon-lindgruen')
    .select('id')
    .executeTakeFirstOrThrow();
  salon = row.id;
  const before = { calls: 40, durationMs: 90_000, bookings: 20, messages: 12 };
  await useMonth(desk.deps, salon, addMonths(month, -1), before);
  await useMonth(desk.deps, salon, month, { calls: 60, durationMs: 61_000, bookings: 24, messages: 30 });
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

async function report() {
  const { starter } = desk.deps;
  await starter.start(monthlyReportStart({ companyId: salon, month }));
  return env.client.workflow.getHandle(monthlyReportWorkflowId(salon, month)).result();
}
const mails = async () =>
  (await desk.ledger('smtp', 'mail.deliver')).filter(({ key }) => key?.startsWith('<report-'));
const kept = () =>
  desk.deps.db
    .selectFrom('monthly_reports')
    .where('company_id', '=', salon)
    .selectAll()
    .executeTakeFirstOrThrow();

describe('the report of a month', () => {
  it('counts what happened in the month and in the one before, keeps a PDF and mails it once', async () => {
    expect(await report()).toEqual({ status: 'sent' });
    const row = await kept();
    expect(row).toMatchObject({ mail_status: 'sent', sent_at: expect.any(Date) });
    const figures = row.figures as unknown as ReportFigures;
    expect(figures.now).toMatchObject({
      inboundCalls: 60,
      bookedByPhone: 20,
      minutes: 120,
      bookings: 24,
      messages: 30,
    });
    expect(figures.before).toMatchObject({ inboundCalls: 40, minutes: 80, bookings: 20, messages: 12 });
    const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
    expect(sum(figures.days.map(({ calls }) => calls))).toBe(60);
    expect(sum(figures.days.map(({ bookings }) => bookings))).toBe(24);
    expect(figures.days[0]!.day).toBe(`${month}-01`);
    expect(sum(figures.hours)).toBe(60);
    expect(sum(figures.services.map(({ bookings }) => bookings))).toBe(24);
    expect(sum(figures.staff.map(({ revenueCents }) => revenueCents))).toBe(figures.now.revenueCents);
    expect(row.pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(row.pdf.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(2);

    expect(await mails()).toHaveLength(1);
    await recordHistory(desk, monthlyReportWorkflowId(salon, month), 'month-reported');
    await report();
    expect(await mails()).toHaveLength(1);
    expect((await kept()).pdf.equals(row.pdf)).toBe(true);
  });

  it('is listed for its company', async () => {
    const { items } = await desk.api('GET', '/api/reports?company=salon-lindgruen');
    expect(items).toMatchObject([{ month, mail: 'sent' }]);
  });
});
