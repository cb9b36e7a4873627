import type { Deps } from '../../../platform/deps.ts';
import { callLine } from '../../../shared/daily-calls/names.ts';

/** Beyond the longest call: a place whose call never ended comes back by itself. */
const PLACE_MARGIN_MS = 60_000;

const holderOf = (userId: string, localDate: string) => `${userId}/${localDate}`;

/** Takes a place on the line for a call, or stands in the queue. */
export async function takePlace(deps: Deps, companyId: string, userId: string, localDate: string) {
  const { limits } = await deps.companySettings(companyId);
  return deps.places.take({
    scope: callLine,
    max: deps.env.DAILY_CALLS_AT_ONCE,
    group: companyId,
    groupMax: limits.callsAtOnce,
    holder: holderOf(userId, localDate),
    ttlMs: deps.env.DAILY_CALL_MAX_MS + PLACE_MARGIN_MS,
  });
}

/** Gives the place back and wakes the runs that are next. A wake-up that gets lost only delays: they ask again. */
export async function givePlace(deps: Deps, userId: string, localDate: string): Promise<void> {
  const next = await deps.places.give({
    scope: callLine,
    max: deps.env.DAILY_CALLS_AT_ONCE,
    holder: holderOf(userId, localDate),
  });
  await Promise.allSettled(
    next.map((holder) => deps.starter.signal(`daily-call/${holder}`, 'dailyCallChanged')),
  );
}
