import { between, firstAllowedMs } from '../daily-calls/allowed.ts';
import { minuteOf } from '../daily-calls/clock-time.ts';
import { dayNumber, partsOfDay } from '../daily-calls/local-day.ts';
import { localDate } from '../time.ts';

/** Times `HH:MM` of the customer's own clock; over midnight where `from` is the later one. */
export interface QuietHours {
  from: string;
  to: string;
}

/** `22:00-07:00`, as it is stored; `none` and null mean no quiet hours. */
export function readQuietHours(stored: string | null): QuietHours | null {
  if (stored === null || stored === 'none') return null;
  return { from: stored.slice(0, 5), to: stored.slice(6) };
}

/** The first moment from `at` on that is not quiet: `at` itself, or the end of the quiet hours it lies in. */
export function endOfQuiet({ from, to }: QuietHours, timeZone: string, at: Date): Date {
  const allowed = between(minuteOf(to), minuteOf(from));
  const today = dayNumber(localDate(at, timeZone));
  // Clocks put back over midnight return to the day before, and a zone may leave a whole day out.
  const found = [-1, 0, 1, 2]
    .map((days) => today + days)
    .map((day) => firstAllowedMs(allowed, partsOfDay(day, timeZone), day, at.getTime()))
    .filter((moment) => moment !== null);
  return found.length === 0 ? at : new Date(Math.min(...found));
}
