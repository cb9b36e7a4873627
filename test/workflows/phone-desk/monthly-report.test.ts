import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportFigures } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import { monthlyReportWorkflowId } from '../../../shared/ids.ts';
import { addMonths, monthOf } from '../../../shared/phone-desk/month.ts';
import { monthlyReportStart } from '../../../workflows/phone-desk/monthly-report/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
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

  it('is made up for by a backfill of its schedule: of the month that was over then', async () => {
    const { db } = desk.deps;
    const missed = addMonths(month, -1);
    // A company is reported on from its first month on.
    const since = `${missed}-01T00:00:00Z`;
    await desk.deps.pool.query('UPDATE companies SET created_at = $1 WHERE id = $2', [since, salon]);
    const scheduleId = `monthly-report-${randomUUID()}`;
    const schedule = await env.client.schedule.create({
      scheduleId,
      spec: { calendars: [{ dayOfMonth: 1, hour: 4 }] },
      action: { type: 'startWorkflow', workflowType: 'monthlyReport', taskQueue: desk.taskQueue, args: [] },
      state: { paused: true },
    });
    const at = new Date(`${month}-01T04:00:00Z`);
    await schedule.backfill({ start: new Date(at.getTime() - 1_000), end: at });
    await eventually('the report', async () =>
      (await db.selectFrom('monthly_reports').where('mail_status', '=', 'sent').selectAll().execute()).find(
        (row) => row.month === missed && row.company_id === salon,
      ),
    );
    const months = await db.selectFrom('monthly_reports').select('month').distinct().execute();
    expect(months.map((row) => row.month).sort()).toEqual([missed, month]);
    await schedule.delete();
  });

  it('is listed for its company', async () => {
    const { items } = await desk.api('GET', '/api/reports?company=salon-lindgruen');
    expect(items).toMatchObject([
      { month, mail: 'sent' },
      { month: addMonths(month, -1), mail: 'sent' },
    ]);
  });
});
