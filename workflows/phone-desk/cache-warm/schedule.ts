import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

const MINUTE_MS = 60_000;

/** There are zones a quarter of an hour apart; a tick for which it is three o'clock nowhere costs one statement. */
export const cacheWarmSchedule: ScheduleDefinition = {
  id: 'cache-warm',
  workflowType: 'cacheWarm',
  taskQueue: taskQueues.phoneDesk,
  everyMs: () => 15 * MINUTE_MS,
  catchUpMs: 15 * MINUTE_MS,
  note: "Renews what is known of a company's calendar at three in the morning of its zone.",
};
