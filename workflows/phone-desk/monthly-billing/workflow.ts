import { continueAsNew, executeChild, isCancellation, setHandler } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { CompanyBillingActivities } from '../../../activities/phone-desk/company-billing/index.ts';
import type { MonthlyBillingActivities } from '../../../activities/phone-desk/monthly-billing/index.ts';
import { addMonths, monthOf } from '../../../shared/phone-desk/month.ts';
import { fewAtOnce } from '../../lib/few-at-once.ts';
import { News } from '../../lib/news.ts';
import { scheduledAt } from '../../lib/scheduled-at.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep } from '../../policies.ts';
import { companyBillingId } from '../company-billing/contract.ts';
import { companyBilling } from '../company-billing/workflow.ts';
import {
  billingRequestedSignal,
  type MonthlyBillingInput,
  type MonthlyBillingResult,
  monthlyBillingStart,
} from './contract.ts';

const steps = proxySteps<MonthlyBillingActivities>(databaseStep);
const bills = proxySteps<CompanyBillingActivities>(databaseStep);
const runs = proxySteps<RunActivities>(databaseStep);

const COMPANIES_AT_ONCE = 5;
const BATCH = 50;
/** A history that grows on and on gets slow. */
const BATCHES_PER_RUN = 40;

/**
 * Bills all companies for a month, a few at a time. Who stands on the list is in the database: a company may be added
 * while it runs, and it ends only when nobody is left. One company's failure stops no other.
 */
export async function monthlyBilling(input?: MonthlyBillingInput): Promise<MonthlyBillingResult> {
  if (!input) return billLastMonth();
  const { month } = input;
  const news = new News();
  setHandler(billingRequestedSignal, () => news.arrived());
  for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) {
    news.read();
    // Whoever asks for it again has written that down; only the first batch of a run begins what has ended.
    await steps.listCompaniesToBill(month, batch > 0);
    const companies = await steps.nextBills(month, BATCH);
    await fewAtOnce(companies, COMPANIES_AT_ONCE, (companyId) => bill(companyId, month));
    const status = await steps.endBilling(month);
    if (status === 'goes-on') continue;
    if (status === 'completed') await steps.onCompleted(month);
    await steps.onEnded(month, status);
    if (!news.unread) return { status, month };
  }
  return continueAsNew<typeof monthlyBilling>({ month });
}

/** What the schedule does: the run of the month has an id of its own, whoever starts it. */
async function billLastMonth(): Promise<MonthlyBillingResult> {
  const month = addMonths(monthOf(scheduledAt()), -1);
  await runs.launchWorkflow(monthlyBillingStart({ month }));
  return { status: 'started', month };
}

async function bill(companyId: string, month: string): Promise<void> {
  const key = { companyId, month };
  let failed: boolean;
  try {
    const { status } = await executeChild(companyBilling, { args: [key], workflowId: companyBillingId(key) });
    failed = status === 'failed';
  } catch (error) {
    if (isCancellation(error)) throw error;
    await bills.noteFailedBill(key, 'its run was ended from outside');
    failed = true;
  }
  if (failed) await steps.onFailed(month);
}
