import type { ScheduleDefinition } from '../shared/schedules.ts';
import { callSweepSchedule } from './daily-calls/call-sweep/schedule.ts';
import { heartbeatSchedule } from './operations/heartbeat/schedule.ts';
import { smokeTestSchedule } from './operations/smoke-test/schedule.ts';
import { availabilityPrecacheSchedule } from './phone-desk/availability-precache/schedule.ts';
import { cacheWarmSchedule } from './phone-desk/cache-warm/schedule.ts';
import { bookingSyncSchedule, eventTypeSyncSchedule } from './phone-desk/calendar-sweep/schedule.ts';
import { monthlyBillingSchedule } from './phone-desk/monthly-billing/schedule.ts';
import { monthlyReportSchedule } from './phone-desk/monthly-report/schedule.ts';
import { refreshSweepSchedule } from './phone-desk/refresh-sweep/schedule.ts';
import { retentionSchedule } from './phone-desk/retention/schedule.ts';

/** Every schedule of the application; data only, so that the API and the scripts can read it too. */
export const scheduleDefinitions: readonly ScheduleDefinition[] = [
  callSweepSchedule,
  availabilityPrecacheSchedule,
  cacheWarmSchedule,
  bookingSyncSchedule,
  eventTypeSyncSchedule,
  heartbeatSchedule,
  smokeTestSchedule,
  refreshSweepSchedule,
  retentionSchedule,
  monthlyBillingSchedule,
  monthlyReportSchedule,
];
