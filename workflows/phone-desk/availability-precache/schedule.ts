import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

const HOUR_MS = 3_600_000;

/** What is asked for holds six hours: every four hours leaves time for a run that is late. */
export const availabilityPrecacheSchedule: ScheduleDefinition = {
  id: 'availability-precache',
  workflowType: 'availabilityPrecache',
  taskQueue: taskQueues.phoneDesk,
  everyMs: () => 4 * HOUR_MS,
  catchUpMs: HOUR_MS,
  note: 'Asks the calendars of all companies for the free times of the next seven days.',
};
