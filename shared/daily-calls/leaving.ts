import { localDate as dateAt } from '../time.ts';
import { isAllowedAt, nextAllowedOnDay } from './allowed.ts';
import type { CallWindow, LegalHours } from './preferences.ts';

/** From the last look to the ring: longer than a provider's client waits for its answer. */
export const LEAVES_WITHIN_MS = 5_000;

/** Whether a call that leaves now also rings within the allowed hours of its local day. */
export function mayLeaveAt(window: CallWindow, legal: LegalHours, at: Date, localDate: string): boolean {
  const ringsBy = new Date(at.getTime() + LEAVES_WITHIN_MS);
  return [at, ringsBy].every(
    (moment) => isAllowedAt(window, legal, moment) && dateAt(moment, window.timeZone) === localDate,
  );
}

/** The first moment of a local day, not before `at`, at which a call may leave; null: none is left. */
export function nextLeavingOnDay(
  window: CallWindow,
  legal: LegalHours,
  at: Date,
  localDate: string,
): Date | null {
  const allowedAt = nextAllowedOnDay(window, legal, at, localDate);
  if (!allowedAt || mayLeaveAt(window, legal, allowedAt, localDate)) return allowedAt;
  // The end of these hours is too near; there may be others on the same day.
  const later = nextAllowedOnDay(window, legal, new Date(allowedAt.getTime() + LEAVES_WITHIN_MS), localDate);
  return later && mayLeaveAt(window, legal, later, localDate) ? later : null;
}
