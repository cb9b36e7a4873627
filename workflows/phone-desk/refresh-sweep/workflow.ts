import { proxyActivities } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { RefreshSweepActivities } from '../../../activities/phone-desk/refresh-sweep/index.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, launchBatch } from '../../policies.ts';
import { callRefreshStart } from '../call-refresh/contract.ts';
import type { RefreshSweepResult } from './contract.ts';

const steps = proxySteps<RefreshSweepActivities>(databaseStep);
const runs = proxyActivities<RunActivities>(launchBatch);

/** What is left waits for the next minute: calls that come in now are worth more. */
const BATCHES_PER_SWEEP = 10;

/**
 * Starts the refresh of calls that were settled a while ago. They are started here and not by the call's own run,
 * because a start costs the server as much as a step, and a caller waits for those. A claim that is not followed by a
 * start (the worker died) is made again an hour later.
 */
export async function refreshSweep(): Promise<RefreshSweepResult> {
  let started = 0;
  for (let batch = 0; batch < BATCHES_PER_SWEEP; batch += 1) {
    const { calls, more } = await steps.claimRefreshes();
    if (calls.length > 0) await runs.launchWorkflows(calls.map(callRefreshStart));
    started += calls.length;
    if (!more) break;
  }
  return { status: 'swept', started };
}
