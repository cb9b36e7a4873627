/** Intervals that the environment may change. */
export interface ScheduleSettings {
  dailyCallsSweepMs: number;
  bookingSyncMs: number;
  eventTypeSyncMs: number;
}

/** A schedule as data; `npm run schedules` and every start of the stack bring Temporal in line with it. */
export type ScheduleDefinition = {
  id: string;
  workflowType: string;
  /** Of the workflow; none when absent. */
  args?: unknown[];
  taskQueue: string;
  /** A run that was missed for longer than this (Temporal was down) is not made up for. */
  catchUpMs: number;
  /** Shown to operators. */
  note: string;
} & (
  | { everyMs(settings: ScheduleSettings): number }
  /** Once a month, at an hour of a day in UTC. */
  | { monthly: { day: number; hourUtc: number } }
);
