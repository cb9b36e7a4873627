import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

const MINUTE_MS = 60_000;

/** Webhooks tell of most changes at once; this finds what they did not tell. */
export const bookingSyncSchedule: ScheduleDefinition = {
  id: 'booking-sync',
  workflowType: 'calendarSweep',
  args: ['bookings'],
  taskQueue: taskQueues.phoneDesk,
  everyMs: ({ bookingSyncMs }) => bookingSyncMs,
  catchUpMs: 5 * MINUTE_MS,
  note: "Compares every company's bookings with its calendar.",
};

/** Event types change rarely; a company that has just changed one asks for it. */
export const eventTypeSyncSchedule: ScheduleDefinition = {
  id: 'event-type-sync',
  workflowType: 'calendarSweep',
  args: ['event-types'],
  taskQueue: taskQueues.phoneDesk,
  everyMs: ({ eventTypeSyncMs }) => eventTypeSyncMs,
  catchUpMs: 60 * MINUTE_MS,
  note: "Compares every company's event types and their hosts with its calendar.",
};
