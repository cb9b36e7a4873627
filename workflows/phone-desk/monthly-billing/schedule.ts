import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

/** At noon UTC the month has ended in every zone. */
export const monthlyBillingSchedule: ScheduleDefinition = {
  id: 'monthly-billing',
  workflowType: 'monthlyBilling',
  taskQueue: taskQueues.phoneDesk,
  monthly: { day: 1, hourUtc: 12 },
  catchUpMs: 7 * 24 * 3_600_000,
  note: 'Invoices all companies for what they used in the month before.',
};
