import { createCallSweepActivities } from '../activities/daily-calls/call-sweep/index.ts';
import { createDailyCallActivities } from '../activities/daily-calls/daily-call/index.ts';
import { createHeartbeatActivities } from '../activities/operations/heartbeat/index.ts';
import { createReviewActivities } from '../activities/operations/review/index.ts';
import { createRunActivities } from '../activities/operations/run/index.ts';
import { createSmokeTestActivities, crossingActivities } from '../activities/operations/smoke-test/index.ts';
import { createAppointmentActivities } from '../activities/phone-desk/appointment/index.ts';
import { createAvailabilityPrecacheActivities } from '../activities/phone-desk/availability-precache/index.ts';
import { createBookingActivities } from '../activities/phone-desk/booking/index.ts';
import { createBookingSyncActivities } from '../activities/phone-desk/booking-sync/index.ts';
import { createCacheWarmActivities } from '../activities/phone-desk/cache-warm/index.ts';
import { createCalendarChangeActivities } from '../activities/phone-desk/calendar-change/index.ts';
import { createCalendarSweepActivities } from '../activities/phone-desk/calendar-sweep/index.ts';
import { createCallActivities } from '../activities/phone-desk/call/index.ts';
import { createCallRefreshActivities } from '../activities/phone-desk/call-refresh/index.ts';
import { createCompanyBillingActivities } from '../activities/phone-desk/company-billing/index.ts';
import { createEventTypeSyncActivities } from '../activities/phone-desk/event-type-sync/index.ts';
import { createErasureActivities } from '../activities/phone-desk/gdpr-erasure/index.ts';
import { createExportActivities } from '../activities/phone-desk/gdpr-export/index.ts';
import { createMonthlyBillingActivities } from '../activities/phone-desk/monthly-billing/index.ts';
import { createMonthlyReportActivities } from '../activities/phone-desk/monthly-report/index.ts';
import { createNotificationActivities } from '../activities/phone-desk/notification/index.ts';
import { createRefreshSweepActivities } from '../activities/phone-desk/refresh-sweep/index.ts';
import { createRetentionActivities } from '../activities/phone-desk/retention/index.ts';
import { createStaffAssignmentActivities } from '../activities/phone-desk/staff-assignment/index.ts';
import { createSubscriptionActivities } from '../activities/phone-desk/subscription/index.ts';
import type { Deps } from '../platform/deps.ts';
import { type TaskQueue, taskQueues } from '../shared/task-queues.ts';

export interface WorkerDefinition {
  taskQueue: TaskQueue;
  activities(deps: Deps): object;
}

/** Every worker by name: its queue and what it can do. A queue without a worker does not compile. */
export const registry: Record<TaskQueue, WorkerDefinition> = {
  [taskQueues.phoneDesk]: {
    taskQueue: taskQueues.phoneDesk,
    activities: (deps) => ({
      ...createCallActivities(deps),
      ...createCalendarChangeActivities(deps),
      ...createCalendarSweepActivities(deps),
      ...createBookingSyncActivities(deps),
      ...createEventTypeSyncActivities(deps),
      ...createStaffAssignmentActivities(deps),
      ...createBookingActivities(deps),
      ...createAvailabilityPrecacheActivities(deps),
      ...createCacheWarmActivities(deps),
      ...createAppointmentActivities(deps),
      ...createNotificationActivities(deps),
      ...createCallRefreshActivities(deps),
      ...createRefreshSweepActivities(deps),
      ...createRetentionActivities(deps),
      ...createSubscriptionActivities(deps),
      ...createMonthlyBillingActivities(deps),
      ...createCompanyBillingActivities(deps),
      ...createMonthlyReportActivities(deps),
      ...createErasureActivities(deps),
      ...createExportActivities(deps),
      ...createReviewActivities(deps),
      ...createRunActivities(deps),
      ...crossingActivities,
    }),
  },
  [taskQueues.dailyCalls]: {
    taskQueue: taskQueues.dailyCalls,
    activities: (deps) => ({
      ...createDailyCallActivities(deps),
      ...createCallSweepActivities(deps),
      ...createReviewActivities(deps),
      ...createRunActivities(deps),
      ...crossingActivities,
    }),
  },
  [taskQueues.operations]: {
    taskQueue: taskQueues.operations,
    activities: (deps) => ({
      ...createHeartbeatActivities(deps),
      ...createSmokeTestActivities(deps),
      ...createRunActivities(deps),
      ...crossingActivities,
    }),
  },
};

/** Thrown for a queue that no worker serves. */
export class UnknownQueueError extends Error {
  override readonly name = 'UnknownQueueError';
}

/** The definitions for these queues; all of them when none is named. */
export function selectWorkers(queues: string[]): WorkerDefinition[] {
  const unknown = queues.filter((queue) => !(queue in registry));
  if (unknown.length > 0) {
    throw new UnknownQueueError(
      `No worker serves ${unknown.join(', ')}. Queues: ${Object.keys(registry).join(', ')}`,
    );
  }
  const all = Object.values(registry);
  return queues.length === 0 ? all : all.filter(({ taskQueue }) => queues.includes(taskQueue));
}
