import { callSweepScheduleId } from '../../../shared/daily-calls/names.ts';
import type { ApiDeps } from '../../deps.ts';

/** A status must not wait for a workflow server that is down. */
const DEADLINE_MS = 1_000;
const MINUTE_MS = 60_000;

/** When the sweep runs, and when next. */
export async function sweepTimes({ env, temporal }: Pick<ApiDeps, 'env' | 'temporal'>) {
  return {
    name: callSweepScheduleId,
    cron: cronOf(env.DAILY_CALLS_SWEEP_INTERVAL_MS),
    next: await nextSweep(temporal),
  };
}

async function nextSweep(temporal: ApiDeps['temporal']): Promise<number | null> {
  try {
    const { info, state } = await temporal.withDeadline(Date.now() + DEADLINE_MS, () =>
      temporal.schedule.getHandle(callSweepScheduleId).describe(),
    );
    return state.paused ? null : (info.nextActionTimes[0]?.getTime() ?? null);
  } catch {
    return null;
  }
}

/** Whole minutes that divide the hour have a cron line; other intervals are written as Go and Temporal do. */
export function cronOf(everyMs: number): string {
  const minutes = everyMs / MINUTE_MS;
  if (!Number.isInteger(minutes) || 60 % minutes !== 0) return `@every ${everyMs / 1_000}s`;
  if (minutes === 60) return '0 * * * *';
  return minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
}
