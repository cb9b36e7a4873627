import { type OffsetPeriod, offsetMsAt, offsetPeriods } from './zone-offsets.ts';

/*
 * A calendar day is counted as the days since 1970-01-01 in here. `day * DAY_MS` is its midnight as if the
 * clocks showed UTC ("wall milliseconds"); a moment is wall milliseconds minus the offset that holds there.
 */
export const DAY_MS = 86_400_000;

/** Number of the calendar day `YYYY-MM-DD`. Throws `RangeError` for what no calendar has (30 February). */
export function dayNumber(date: string): number {
  const year = Number(date.slice(0, 4));
  const month = Number(date.slice(5, 7));
  const dayOfMonth = Number(date.slice(8));
  const ms = Date.UTC(year, month - 1, dayOfMonth);
  if (Number.isNaN(ms) || dateText(ms / DAY_MS) !== date)
    throw new RangeError(`Not a date YYYY-MM-DD: ${date}`);
  return ms / DAY_MS;
}

/** `YYYY-MM-DD` of a day number. */
export function dateText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** ISO weekday of a day number, 1 Monday to 7 Sunday; day 0 was a Thursday. */
export function isoWeekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** Number of the local day in which a moment lies. */
export function dayNumberAt(atMs: number, zone: string): number {
  return Math.floor((atMs + offsetMsAt(zone, atMs)) / DAY_MS);
}

/**
 * The moments that a local day consists of, in order, split wherever the clocks change: one part on most days,
 * none for a day that the zone left out (Samoa, 30 December 2011). The parts need not touch: clocks put back
 * across midnight return to a day that was over.
 */
export function partsOfDay(day: number, zone: string): OffsetPeriod[] {
  const wallMs = day * DAY_MS;
  const parts: OffsetPeriod[] = [];
  for (const { fromMs, toMs, offsetMs } of offsetPeriods(zone, new Date(wallMs).getUTCFullYear())) {
    const startMs = Math.max(fromMs, wallMs - offsetMs);
    const endMs = Math.min(toMs, wallMs + DAY_MS - offsetMs);
    if (startMs < endMs) parts.push({ fromMs: startMs, toMs: endMs, offsetMs });
  }
  return parts;
}
