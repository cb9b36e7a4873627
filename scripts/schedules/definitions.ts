import type { ScheduleDefinition } from '../../shared/schedules.ts';
import { callSweepSchedule } from '../../workflows/daily-calls/call-sweep/schedule.ts';

/** Every schedule of the application. */
export const scheduleDefinitions: ScheduleDefinition[] = [callSweepSchedule];
