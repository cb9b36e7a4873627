import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

/** Two hours after the billing, so that the report can show the bill. */
export const monthlyReportSchedule: ScheduleDefinition = {
  id: 'monthly-report',
  workflowType: 'monthlyReport',
  taskQueue: taskQueues.phoneDesk,
  monthly: { day: 1, hourUtc: 14 },
  catchUpMs: 7 * 24 * 3_600_000,
  note: 'Sends every company a report of the month before.',
};
