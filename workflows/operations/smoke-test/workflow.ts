import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type {
  CrossingActivities,
  SmokeTestActivities,
} from '../../../activities/operations/smoke-test/index.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, queueCrossing } from '../../policies.ts';
import type { Crossing, SmokeTestResult } from './contract.ts';

const steps = proxySteps<SmokeTestActivities>(databaseStep);

/** Sends a no-op through every task queue at once and writes down how it came through. */
export async function smokeTest(): Promise<SmokeTestResult> {
  const queues = await steps.queuesToCross();
  const crossings = await Promise.all(queues.map(cross));
  await steps.saveCrossings(crossings);
  const stalled = crossings.filter(({ latencyMs }) => latencyMs === null).map(({ taskQueue }) => taskQueue);
  return { status: stalled.length === 0 ? 'crossed' : 'stalled', stalled };
}

async function cross(taskQueue: string): Promise<Crossing> {
  const { crossQueue } = proxyActivities<CrossingActivities>({ ...queueCrossing, taskQueue });
  const startedAt = Date.now();
  try {
    await crossQueue();
    return { taskQueue, latencyMs: Date.now() - startedAt };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { taskQueue, latencyMs: null };
  }
}
