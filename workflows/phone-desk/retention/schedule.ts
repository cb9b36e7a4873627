import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

const HOUR_MS = 3_600_000;

/** Whoever keeps something for ninety days does not mind the ninety-first. */
export const retentionSchedule: ScheduleDefinition = {
  id: 'retention',
  workflowType: 'retention',
  taskQueue: taskQueues.phoneDesk,
  everyMs: () => 24 * HOUR_MS,
  catchUpMs: 12 * HOUR_MS,
  note: 'Deletes recordings, transcripts and events that have been kept for as long as they may be.',
};
