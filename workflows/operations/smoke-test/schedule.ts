import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

/** What was missed is not made up for: it would say nothing of now. */
export const smokeTestSchedule: ScheduleDefinition = {
  id: 'smoke-test',
  workflowType: 'smokeTest',
  taskQueue: taskQueues.operations,
  everyMs: () => 5 * 60_000,
  catchUpMs: 10_000,
  note: 'Sends a no-op through every task queue and raises an alert for the one it does not come through.',
};
