import { preferencesOf } from '../../../db/call-users.ts';
import { readDay } from '../../../db/daily-calls.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isAllowedAt } from '../../../shared/daily-calls/allowed.ts';

/** Why this user may not be dialled in this very moment; null: the call may leave. */
export async function lastLook(deps: Deps, userId: string, localDate: string): Promise<string | null> {
  const state = await readDay(deps.db, userId, localDate, false);
  if (!state) return 'taken-back';
  if (state.stop) return state.stop.reason;
  const { user } = state;
  return isAllowedAt(preferencesOf(user), deps.env.DAILY_CALL_LEGAL_HOURS, deps.clock())
    ? null
    : 'outside-hours';
}
