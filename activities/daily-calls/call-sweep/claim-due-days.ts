import { claimDueUsers, type DueDay, findForgottenDays } from '../../../db/daily-calls/sweep.ts';
import type { Deps } from '../../../platform/deps.ts';
import { callLine } from '../../../shared/daily-calls/names.ts';

const BATCH = 200;
/** Whoever claimed a day has started its run by then, or has died. */
const FORGOTTEN_AFTER_MS = 30_000;

/** One batch of users who are due soon, and of days that an earlier sweep has claimed and not started. */
export async function claimDueDays({
  db,
  env,
  clock,
  places,
  starter,
}: Deps): Promise<{ claimed: number; days: DueDay[]; more: boolean }> {
  const now = clock();
  // A wake-up that got lost must not leave the line standing.
  const next = await places.callUp({ scope: callLine, max: env.DAILY_CALLS_AT_ONCE });
  await Promise.allSettled(next.map((holder) => starter.signal(`daily-call/${holder}`, 'dailyCallChanged')));
  const { claimed, days } = await claimDueUsers(db, {
    now,
    lookaheadMs: env.DAILY_CALLS_LOOKAHEAD_MS,
    legal: env.DAILY_CALL_LEGAL_HOURS,
    limit: BATCH,
  });
  const forgotten = await findForgottenDays(db, new Date(now.getTime() - FORGOTTEN_AFTER_MS), BATCH);
  const more = claimed === BATCH || forgotten.length === BATCH;
  return { claimed, days: [...days, ...forgotten], more };
}
