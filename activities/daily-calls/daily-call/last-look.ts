import { readDay } from '../../../db/daily-calls/days.ts';
import { preferencesOf } from '../../../db/daily-calls/users.ts';
import type { Deps } from '../../../platform/deps.ts';
import { mayLeaveAt } from '../../../shared/daily-calls/leaving.ts';

/** Why this user may not be dialled in this very moment; null: the call may leave. */
export async function lastLook(deps: Deps, userId: string, localDate: string): Promise<string | null> {
  const state = await readDay(deps.db, userId, localDate, false);
  if (!state) return 'taken-back';
  if (state.stop) return state.stop.reason;
  const { user } = state;
  const { DAILY_CALL_LEGAL_HOURS } = deps.env;
  return mayLeaveAt(preferencesOf(user), DAILY_CALL_LEGAL_HOURS, deps.clock(), localDate)
    ? null
    : 'outside-hours';
}
