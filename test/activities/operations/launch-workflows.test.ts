import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createRunActivities } from '../../../activities/operations/run/index.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { WorkflowStart } from '../../../shared/workflow-start.ts';
import { dailyCallStart } from '../../../workflows/daily-calls/daily-call/contract.ts';
import '../../support/quiet-runtime.ts';

it('says that it goes on between the starts of many runs', async () => {
  const started: WorkflowStart[] = [];
  const starter = { start: async (start: WorkflowStart) => started.push(start) > 0 };
  const { launchWorkflows } = createRunActivities({ starter } as unknown as Deps);
  const environment = new MockActivityEnvironment();
  /** How many runs had been started at each heartbeat. */
  const heartbeats: number[] = [];
  environment.on('heartbeat', () => heartbeats.push(started.length));
  const starts = Array.from({ length: 45 }, (_, index) =>
    dailyCallStart({ userId: `user-${index}`, companyId: 'company', localDate: '2026-03-01' }),
  );
  await environment.run(launchWorkflows, starts);
  expect(started).toEqual(starts);
  expect(heartbeats).toEqual([20, 40, 45]);
});
