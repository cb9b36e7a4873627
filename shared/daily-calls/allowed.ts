import { clockTime, MINUTES_PER_DAY, minuteOf } from './clock-time.ts';
import { DAY_MS, dayNumber, partsOfDay } from './local-day.ts';
import type { CallWindow, LegalHours } from './preferences.ts';
import { type OffsetPeriod, offsetMsAt } from './zone-offsets.ts';

/** Minutes of the day, `to` exclusive, 0 to 1440. */
export interface MinuteRange {
  from: number;
  to: number;
}

const MINUTE_MS = 60_000;

/**
 * The minutes of a calendar day at which this person may be called: in the window and in the legal hours and not
 * in the quiet hours. A range whose start is later than its end wraps over midnight and means minutes of the
 * same calendar day: 22:00–06:00 is [00:00, 06:00) and [22:00, 24:00). Equal ends leave nothing: an empty window,
 * or quiet all day. In order, without overlap. Throws `RangeError` for a malformed time.
 */
export function allowedRanges(window: CallWindow, legal: LegalHours): MinuteRange[] {
  const open = intersect(
    between(minuteOf(window.windowFrom), minuteOf(window.windowTo)),
    between(minuteOf(legal.from), minuteOf(legal.to)),
  );
  const { quietFrom, quietTo } = window;
  // What is not quiet is the range from the end of the quiet hours to their start.
  return quietFrom === null || quietTo === null
    ? open
    : intersect(open, between(minuteOf(quietTo), minuteOf(quietFrom)));
}

/** Whether a call may be dialled at this moment, by the person's clock. */
export function isAllowedAt(window: CallWindow, legal: LegalHours, at: Date): boolean {
  const wallMs = at.getTime() + offsetMsAt(window.timeZone, at.getTime());
  const minute = Math.floor((wallMs - Math.floor(wallMs / DAY_MS) * DAY_MS) / MINUTE_MS);
  return isWithin(allowedRanges(window, legal), minute);
}

/**
 * The first allowed moment of a local day that is not before `at`; null: none is left. Minutes that a clock change
 * leaves out do not exist, minutes that come twice are allowed twice.
 */
export function nextAllowedOnDay(
  window: CallWindow,
  legal: LegalHours,
  at: Date,
  localDate: string,
): Date | null {
  const day = dayNumber(localDate);
  const parts = partsOfDay(day, window.timeZone);
  const foundMs = firstAllowedMs(allowedRanges(window, legal), parts, day, at.getTime());
  return foundMs === null ? null : new Date(foundMs);
}

/**
 * The last millisecond of a local day at which a call may still be dialled (inclusive; quiet hours may lie before
 * it); null: no moment of that day is allowed, or the zone left the day out.
 */
export function windowEndOf(window: CallWindow, legal: LegalHours, localDate: string): Date | null {
  const day = dayNumber(localDate);
  const ranges = allowedRanges(window, legal);
  for (const part of partsOfDay(day, window.timeZone).reverse()) {
    const midnightMs = day * DAY_MS - part.offsetMs;
    for (let i = ranges.length - 1; i >= 0; i--) {
      const { from, to } = ranges[i]!;
      const endMs = Math.min(part.toMs, midnightMs + to * MINUTE_MS);
      if (endMs > Math.max(part.fromMs, midnightMs + from * MINUTE_MS)) return new Date(endMs - 1);
    }
  }
  return null;
}

/** First moment in the allowed minutes of a day, given by its parts, that is not before `atMs`. */
export function firstAllowedMs(
  ranges: MinuteRange[],
  parts: OffsetPeriod[],
  day: number,
  atMs: number,
): number | null {
  for (const part of parts) {
    const midnightMs = day * DAY_MS - part.offsetMs;
    for (const { from, to } of ranges) {
      const startMs = Math.max(atMs, part.fromMs, midnightMs + from * MINUTE_MS);
      if (startMs < Math.min(part.toMs, midnightMs + to * MINUTE_MS)) return startMs;
    }
  }
  return null;
}

/** The minutes from one time of the day to another, over midnight where the start is the later one. */
export function between(from: number, to: number): MinuteRange[] {
  if (from < to) return [{ from, to }];
  if (from === to) return [];
  // A start at 24:00 or an end at 00:00 leaves one of the two halves empty.
  return [
    { from: 0, to },
    { from, to: MINUTES_PER_DAY },
  ].filter((range) => range.from < range.to);
}

export function intersect(some: MinuteRange[], others: MinuteRange[]): MinuteRange[] {
  const both: MinuteRange[] = [];
  for (const a of some) {
    for (const b of others) {
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from < to) both.push({ from, to });
    }
  }
  return both;
}

export function isWithin(ranges: MinuteRange[], minute: number): boolean {
  for (const { from, to } of ranges) if (minute >= from && minute < to) return true;
  return false;
}

/** `08:00–12:30 and 14:00–21:00`, for messages. */
export function rangesText(ranges: MinuteRange[]): string {
  return ranges.map(({ from, to }) => `${clockTime(from)}–${clockTime(to)}`).join(' and ');
}
