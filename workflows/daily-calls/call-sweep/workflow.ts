import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { CallSweepActivities } from '../../../activities/daily-calls/call-sweep/index.ts';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import { databaseBatch, launchBatch } from '../../policies.ts';
import { dailyCallStart } from '../daily-call/contract.ts';
import type { SweepResult } from './contract.ts';

const sweep = proxyActivities<CallSweepActivities>(databaseBatch);
const runs = proxyActivities<RunActivities>(launchBatch);

/** A history that grows on and on gets slow. */
const BATCHES_PER_RUN = 100;

/**
 * Hands everybody who is due soon to a run of their own, ahead of time; batch by batch until nobody is left. What a
 * sweep that dies has claimed and not started, the next one starts: starting twice joins the run that is there.
 */
export async function callSweep(soFar = { claimed: 0, started: 0 }): Promise<SweepResult> {
  let { claimed, started } = soFar;
  for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) {
    const due = await sweep.claimDueDays();
    if (due.days.length > 0) {
      await runs.launchWorkflows(due.days.map(({ dueAt, ...input }) => dailyCallStart(input, dueAt)));
      await sweep.markHandedOver(due.days);
    }
    claimed += due.claimed;
    started += due.days.length;
    if (!due.more) return { status: 'swept', claimed, started };
  }
  return continueAsNew<typeof callSweep>({ claimed, started });
}
