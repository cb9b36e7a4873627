import { callSweepScheduleId } from '../../../shared/daily-calls/names.ts';
import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { taskQueues } from '../../../shared/task-queues.ts';

/** Looks further ahead than it is apart, so that a call leaves in its second and a missed sweep is made good. */
export const callSweepSchedule: ScheduleDefinition = {
  id: callSweepScheduleId,
  workflowType: 'callSweep',
  taskQueue: taskQueues.dailyCalls,
  everyMs: ({ dailyCallsSweepMs }) => dailyCallsSweepMs,
  catchUpMs: 60_000,
  note: 'Starts a run for every user whose daily call is due soon.',
};
