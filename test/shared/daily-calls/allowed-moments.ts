import type { CallPreferences, LegalHours } from '../../../shared/daily-calls/preferences.ts';
import { dateAt, timeAt } from './intl-clock.ts';
import { allowedMinutes, minuteOf } from './samples.ts';

const MINUTE_MS = 60_000;

/** Every minute of a local day and of the days beside it, asked on the clock, that is allowed and of that day. */
export function allowedMoments(prefs: CallPreferences, legal: LegalHours, date: string): number[] {
  const allowed = allowedMinutes(prefs, legal);
  const noon = Date.parse(`${date}T12:00:00Z`);
  const found: number[] = [];
  for (let at = noon - 30 * 60 * MINUTE_MS; at <= noon + 30 * 60 * MINUTE_MS; at += MINUTE_MS) {
    if (dateAt(prefs.timeZone, at) !== date) continue;
    const time = timeAt(prefs.timeZone, at);
    if (allowed[minuteOf(time)]) found.push(at);
  }
  return found;
}
