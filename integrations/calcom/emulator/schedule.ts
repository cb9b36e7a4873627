import { atLocalMinute, weekdayOf } from '../../../shared/time.ts';
import type { CalSchedule, Span } from './account.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const DAY_MS = 24 * 60 * 60_000;
const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Working hours of one local day. */
function hoursOf(schedule: CalSchedule, date: string): { startTime: string; endTime: string }[] {
  const overrides = schedule.overrides.filter((override) => override.date === date);
  if (overrides.length > 0) return overrides;
  const weekday = weekdays[weekdayOf(date) - 1];
  return schedule.availability.filter(({ days }) => weekday !== undefined && days.includes(weekday));
}

/** Days that were worked out before; a schedule that is seeded anew is another object. */
const known = new WeakMap<CalSchedule, Map<string, Span[]>>();

/** Local times are resolved per day, so a day with a clock change has the hours that the clock on the wall shows. */
function workOfDay(schedule: CalSchedule, date: string): Span[] {
  const days = known.get(schedule) ?? new Map<string, Span[]>();
  known.set(schedule, days);
  const before = days.get(date);
  if (before) return before;
  const instant = (clock: string) => atLocalMinute(date, minutesOf(clock), schedule.timeZone).getTime();
  const spans = hoursOf(schedule, date)
    .map(({ startTime, endTime }) => ({ start: instant(startTime), end: instant(endTime) }))
    .filter(({ start, end }) => start < end);
  days.set(date, spans);
  return spans;
}

/** The stretches of work that touch `range`. */
export function workSpans(schedule: CalSchedule, range: Span): Span[] {
  const spans: Span[] = [];
  // A local date is at most one day off the UTC date of the same moment.
  for (let day = range.start - DAY_MS; day < range.end + 2 * DAY_MS; day += DAY_MS) {
    const date = new Date(day).toISOString().slice(0, 10);
    spans.push(...workOfDay(schedule, date).filter((span) => overlaps(span, range)));
  }
  return merged(spans);
}

/** Touching stretches become one, so a meeting may lie across their seam. */
function merged(spans: Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else joined.push({ ...span });
  }
  return joined;
}

export const overlaps = (a: Span, b: Span) => a.start < b.end && b.start < a.end;
export const contains = (outer: Span, inner: Span) => outer.start <= inner.start && inner.end <= outer.end;
