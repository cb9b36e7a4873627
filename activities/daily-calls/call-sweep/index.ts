import { type DueDay, markHandedOver } from '../../../db/daily-calls/sweep.ts';
import type { Deps } from '../../../platform/deps.ts';
import { claimDueDays } from './claim-due-days.ts';

/** What the `call-sweep` chain does to the outside; contents only. */
export function createCallSweepActivities(deps: Deps) {
  return {
    claimDueDays: claimDueDays.bind(null, deps),
    markHandedOver: (days: DueDay[]) => markHandedOver(deps.db, days),
  };
}

export type CallSweepActivities = ReturnType<typeof createCallSweepActivities>;
