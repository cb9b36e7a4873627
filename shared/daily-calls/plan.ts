import { allowedRanges, firstAllowedMs, type MinuteRange } from './allowed.ts';
import { checkPreferences, type PreferenceProblem } from './check-preferences.ts';
import { minuteOf } from './clock-time.ts';
import { DAY_MS, dateText, dayNumber, dayNumberAt, isoWeekday, partsOfDay } from './local-day.ts';
import type { CallPreferences, LegalHours } from './preferences.ts';
import { type OffsetPeriod, offsetMsAt } from './zone-offsets.ts';

/**
 * Least time between the calls of two days. Only who moves to another zone, or the call time, comes near it:
 * nobody is called for Monday and minutes later for Tuesday. A day whose moment is too near has no call.
 */
export const MIN_GAP_MS = 6 * 3_600_000;

/** Three weeks: a weekly call finds a day even where a clock change and a move take one each. */
const LOOK_AHEAD_DAYS = 22;

/** Why a local day has no call. */
export type NoMoment = 'weekday' | 'gap-skipped' | 'not-allowed' | 'no-such-day';
export type CallMoment = { at: Date } | { none: NoMoment };
export type NextCall = { at: Date; localDate: string } | { none: PreferenceProblem };

/** What has been already. */
export interface PlanBasis {
  /** A moment that is not later than this one counts as over. */
  after: Date;
  /** The last local day that has had its call. */
  lastDate: string | null;
  lastDialledAt: Date | null;
}

/**
 * When a local day's call is due: at the call time, or as `gap` and `overlap` say where the clocks change; if that
 * moment is not allowed, at the next allowed one of the same day. Where the gap reaches to the end of the day
 * (Greenland: 23:00 is 24:00), shifting is to the time as much earlier as the gap is long, so that the day has its
 * call. Whether calls are enabled is not asked. Throws `RangeError` for malformed preferences or dates.
 */
export function momentOf(prefs: CallPreferences, legal: LegalHours, localDate: string): CallMoment {
  const atMs = momentMsOf(prefs, allowedRanges(prefs, legal), dayNumber(localDate));
  return typeof atMs === 'number' ? { at: new Date(atMs) } : { none: atMs };
}

/**
 * The person's next call: the first local day's moment that is after `after`, of a later day than `lastDate` and at
 * least `MIN_GAP_MS` after `lastDialledAt`. Disabled or impossible preferences give the reason instead.
 */
export function nextCall(prefs: CallPreferences, legal: LegalHours, from: PlanBasis): NextCall {
  if (!prefs.callEnabled)
    return {
      none: { field: 'callEnabled', problem: 'Calls are disabled. Enable them to plan the next one.' },
    };
  try {
    return findNext(prefs, legal, from) ?? { none: whyNone(prefs, legal) };
  } catch (error) {
    const problem = error instanceof RangeError ? checkPreferences(prefs, legal)[0] : undefined;
    if (!problem) throw error;
    return { none: problem };
  }
}

function findNext(prefs: CallPreferences, legal: LegalHours, from: PlanBasis) {
  const ranges = allowedRanges(prefs, legal);
  const afterMs = from.after.getTime();
  const dialledMs = from.lastDialledAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  // One day early: clocks put back across midnight return to a day that was over.
  let day = dayNumberAt(afterMs, prefs.timeZone) - 1;
  if (from.lastDate !== null) day = Math.max(day, dayNumber(from.lastDate) + 1);
  for (const end = day + LOOK_AHEAD_DAYS; day <= end; day++) {
    const atMs = momentMsOf(prefs, ranges, day);
    if (typeof atMs === 'number' && atMs > afterMs && atMs >= dialledMs + MIN_GAP_MS)
      return { at: new Date(atMs), localDate: dateText(day) };
  }
  return null;
}

function whyNone(prefs: CallPreferences, legal: LegalHours): PreferenceProblem {
  const problem = `No day of the next ${LOOK_AHEAD_DAYS} has a moment for a call. Choose another call time or more weekdays.`;
  return checkPreferences(prefs, legal)[0] ?? { field: 'callTime', problem };
}

function momentMsOf(prefs: CallPreferences, ranges: MinuteRange[], day: number): number | NoMoment {
  if (!prefs.weekdays.includes(isoWeekday(day))) return 'weekday';
  const parts = partsOfDay(day, prefs.timeZone);
  if (parts.length === 0) return 'no-such-day';
  const wishedMs = clockMs(prefs, parts, day * DAY_MS + minuteOf(prefs.callTime) * 60_000);
  if (wishedMs === null) return 'gap-skipped';
  return firstAllowedMs(ranges, parts, day, wishedMs) ?? 'not-allowed';
}

/** The moment at which the clock shows `wallMs`, by the policies for times that come twice or never. */
function clockMs(prefs: CallPreferences, parts: OffsetPeriod[], wallMs: number): number | null {
  let last: number | null = null;
  let afterGap: number | null = null;
  for (const { fromMs, toMs, offsetMs } of parts) {
    const atMs = wallMs - offsetMs;
    if (atMs >= toMs) continue;
    if (atMs < fromMs) afterGap ??= fromMs;
    else if (prefs.overlap === 'first') return atMs;
    else last = atMs;
  }
  if (last !== null) return last;
  return prefs.gap === 'skip' ? null : (afterGap ?? beforeGapMs(prefs, parts, wallMs));
}

/** Where the day ends in the gap, "after" is tomorrow: the wished time by the clock that is about to be set. */
function beforeGapMs({ timeZone }: CallPreferences, parts: OffsetPeriod[], wallMs: number): number | null {
  const { fromMs, toMs } = parts.at(-1)!;
  const atMs = wallMs - offsetMsAt(timeZone, toMs);
  return atMs >= fromMs && atMs < toMs ? atMs : null;
}
