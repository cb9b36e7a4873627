import type { ScheduleDefinition } from '../../shared/schedules.ts';
import { callSweepSchedule } from '../../workflows/daily-calls/call-sweep/schedule.ts';
import { availabilityPrecacheSchedule } from '../../workflows/phone-desk/availability-precache/schedule.ts';
import { cacheWarmSchedule } from '../../workflows/phone-desk/cache-warm/schedule.ts';

/** Every schedule of the application. */
export const scheduleDefinitions: ScheduleDefinition[] = [
  callSweepSchedule,
  availabilityPrecacheSchedule,
  cacheWarmSchedule,
];
