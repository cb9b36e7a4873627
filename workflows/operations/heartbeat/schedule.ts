import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

/** A beat that was missed says nothing of now: it is not made up for. */
export const heartbeatSchedule: ScheduleDefinition = {
  id: 'heartbeat',
  workflowType: 'heartbeat',
  taskQueue: taskQueues.operations,
  everyMs: () => 60_000,
  catchUpMs: 10_000,
  note: 'Looks at PostgreSQL, Temporal, the queues, the inbox and every vendor, and raises or clears alerts.',
};
