import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

const MINUTE_MS = 60_000;

/** A recording is there some moments after the call, and stays for days: a minute is soon enough. */
export const refreshSweepSchedule: ScheduleDefinition = {
  id: 'refresh-sweep',
  workflowType: 'refreshSweep',
  taskQueue: taskQueues.phoneDesk,
  everyMs: () => MINUTE_MS,
  catchUpMs: MINUTE_MS,
  note: 'Starts a refresh for every call that has been settled a while ago.',
};
