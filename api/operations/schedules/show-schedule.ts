import { newestFailureOf } from '../../../db/failed-runs-read.ts';
import { readScheduleState } from '../../../platform/schedule-state.ts';
import { scheduleSettings } from '../../../platform/schedules.ts';
import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import type { ApiDeps } from '../../deps.ts';

const NOT_APPLIED = {
  paused: false,
  note: '',
  nextRuns: [],
  running: [],
  recentRuns: [],
  counts: { started: 0, skippedWhileRunning: 0, missed: 0 },
};

/** A definition together with what Temporal and our own book of failed runs say of it. */
export async function showSchedule(
  { db, env, temporal }: ApiDeps,
  definition: ScheduleDefinition,
  runs: number,
) {
  const { id, note: does, workflowType, taskQueue, catchUpMs } = definition;
  const state = await readScheduleState(temporal, id, runs);
  // Afterwards: a run that Temporal shows as failed has left its row before it failed.
  const lastFailure = await newestFailureOf(db, workflowType, id);
  const { note, ...shown } = state ?? NOT_APPLIED;
  return {
    ...{ id, does, workflowType, taskQueue, catchUpMs },
    everyMs: 'monthly' in definition ? null : definition.everyMs(scheduleSettings(env)),
    monthly: 'monthly' in definition ? definition.monthly : null,
    applied: state !== null,
    ...shown,
    pauseReason: shown.paused ? note : null,
    lastFailure,
  };
}
