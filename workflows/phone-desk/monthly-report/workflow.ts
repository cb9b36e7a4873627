import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { MonthlyReportActivities } from '../../../activities/phone-desk/monthly-report/index.ts';
import { findFailure } from '../../../shared/failures.ts';
import { addMonths, monthOf } from '../../../shared/phone-desk/month.ts';
import { scheduledAt } from '../../lib/scheduled-at.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseBatch, databaseStep, launchBatch, messageEffect } from '../../policies.ts';
import { type MonthlyReportInput, type MonthlyReportResult, monthlyReportStart } from './contract.ts';

const steps = proxySteps<MonthlyReportActivities>(databaseStep);
const drawing = proxyActivities<MonthlyReportActivities>(databaseBatch);
const mail = proxyActivities<MonthlyReportActivities>(messageEffect);
const runs = proxyActivities<RunActivities>(launchBatch);

const STARTED_TOGETHER = 200;

/** A company's month on two pages, drawn and kept, then mailed to whoever runs it. */
export async function monthlyReport(input?: MonthlyReportInput): Promise<MonthlyReportResult> {
  if (!input) return reportLastMonth();
  await drawing.makeReport(input);
  try {
    await mail.mailReport(input);
    return { status: 'sent' };
  } catch (error) {
    if (isCancellation(error)) throw error;
    await steps.noteReportNotSent(input, findFailure(error)?.type ?? 'no-answer');
    return { status: 'mail-failed' };
  }
}

/** What the schedule does: a run for every company. */
async function reportLastMonth(): Promise<MonthlyReportResult> {
  const month = addMonths(monthOf(scheduledAt()), -1);
  for (let after: string | null = null; ; ) {
    const ids: string[] = await steps.listCompaniesToReport(after, STARTED_TOGETHER, month);
    await runs.launchWorkflows(ids.map((companyId) => monthlyReportStart({ companyId, month })));
    if (ids.length < STARTED_TOGETHER) return { status: 'started' };
    after = ids.at(-1)!;
  }
}
