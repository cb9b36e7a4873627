import type { Db } from '../../db/connect.ts';
import { readDay } from '../../db/daily-calls/days.ts';
import { hasEnded } from '../../db/daily-calls/reports.ts';
import type { CallRoute } from '../../db/daily-calls/routing.ts';
import { preferencesOf } from '../../db/daily-calls/users.ts';
import { mergeStatus } from '../../shared/daily-calls/attempt-status.ts';
import type { LegalHours } from '../../shared/daily-calls/preferences.ts';
import type { CallReport } from '../../shared/daily-calls/providers.ts';
import { type AttemptEnd, afterAttempt } from '../../shared/daily-calls/retry.ts';

/** What the sender of a report is told; the names are seed 004's. */
export interface CallForecast {
  success: true;
  /** Whether the call is one of ours. */
  known: boolean;
  retry_scheduled: boolean;
  /** ISO 8601, UTC. */
  retry_at: string | null;
}

/**
 * What a report leads to, by the same rule as the day's run decides by. A report that says nothing new (a repeat, a
 * status going backwards) leads to what was decided before.
 */
export async function forecast(
  db: Db,
  legal: LegalHours,
  route: CallRoute | null,
  report: CallReport | null,
  now: Date,
): Promise<CallForecast> {
  const nothing = {
    success: true,
    known: route?.attempt != null,
    retry_scheduled: false,
    retry_at: null,
  } as const;
  if (!route?.attempt) return nothing;
  const { id, userId, localDate } = route.attempt;
  const state = await readDay(db, userId, localDate, false);
  if (!state || state.stop?.forGood) return nothing;
  const attempts = state.attempts
    .filter(({ status }) => status !== 'withdrawn')
    .map((one) => ({
      status: one.id === id && report ? mergeStatus(one.status, report.status) : one.status,
      endedAt: one.ended_at ?? report?.endedAt ?? now,
    }));
  if (attempts.length === 0 || !attempts.every(({ status }) => hasEnded(status))) return nothing;
  const next = afterAttempt({
    prefs: preferencesOf(state.user),
    legal,
    localDate,
    attempts: attempts as { status: AttemptEnd; endedAt: Date }[],
  });
  return next.kind === 'retry'
    ? { ...nothing, retry_scheduled: true, retry_at: next.at.toISOString() }
    : nothing;
}
