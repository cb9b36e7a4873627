import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { CallSweepActivities } from '../../../activities/daily-calls/call-sweep/index.ts';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import { databaseBatch, launchBatch } from '../../policies.ts';
import { dailyCallStart } from '../daily-call/contract.ts';
import type { SweepResult } from './contract.ts';

const sweep = proxyActivities<CallSweepActivities>(databaseBatch);
const runs = proxyActivities<RunActivities>(launchBatch);

type DueDays = Awaited<ReturnType<CallSweepActivities['claimDueDays']>>['days'];

/** A history that grows on and on gets slow. */
const BATCHES_PER_RUN = 50;
/** Few together: a worker that dies over them holds up no others. */
const STARTED_TOGETHER = 50;

/**
 * Hands everybody who is due soon to a run of their own, ahead of time; batch by batch until nobody is left. What is
 * claimed and not started, because a sweep died or Temporal was away, a later sweep starts.
 */
export async function callSweep(soFar = { claimed: 0, started: 0 }): Promise<SweepResult> {
  const total = { ...soFar };
  const starting: Promise<number>[] = [];
  const allStarted = async () => {
    for (const started of await Promise.all(starting)) total.started += started;
    return total;
  };
  for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) {
    const { claimed, days, more } = await sweep.claimDueDays();
    total.claimed += claimed;
    for (let first = 0; first < days.length; first += STARTED_TOGETHER) {
      starting.push(startDays(days.slice(first, first + STARTED_TOGETHER)));
    }
    if (!more) return { status: 'swept', ...(await allStarted()) };
  }
  return continueAsNew<typeof callSweep>(await allStarted());
}

/** Starts the runs of days; returns how many. Starting twice joins the run that is there. */
async function startDays(days: DueDays): Promise<number> {
  try {
    await runs.launchWorkflows(days.map(({ dueAt, ...input }) => dailyCallStart(input, dueAt)));
    await sweep.markHandedOver(days);
    return days.length;
  } catch {
    return 0;
  }
}
