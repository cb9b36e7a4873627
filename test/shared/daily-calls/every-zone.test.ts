import { describe, expect, it } from 'vitest';
import { momentOf, nextCall } from '../../../shared/daily-calls/plan.ts';
import type { CallPreferences } from '../../../shared/daily-calls/preferences.ts';
import {
  besideJump,
  calendar,
  clockChanges,
  dateAt,
  momentsShowing,
  readClock,
  wholeDays,
} from './intl-clock.ts';
import { clock, preferences, wholeDay } from './samples.ts';

const zones = Intl.supportedValuesOf('timeZone');
const days = calendar('2026-01-01', '2027-12-31');
const begin = Date.UTC(2025, 11, 30);
const end = Date.UTC(2028, 0, 3);
// All clocks of these years differ from UTC by quarters of an hour: five minutes see every change.
const STEP_MINUTES = 5;
const times = Array.from({ length: 1440 / STEP_MINUTES }, (_, i) => clock(i * STEP_MINUTES));

/** Per zone, the days around its clock changes with every moment at which the clock shows something. */
const changedDays = new Map(
  zones.map((zone) => [
    zone,
    clockChanges(zone, begin, end, STEP_MINUTES).flatMap((shown) =>
      wholeDays(shown).map((date) => ({ shown, date, moments: momentsShowing(shown, date) })),
    ),
  ]),
);

describe.each([
  { gap: 'shift', overlap: 'first' },
  { gap: 'shift', overlap: 'last' },
  { gap: 'skip', overlap: 'first' },
  { gap: 'skip', overlap: 'last' },
] as const)('on each day of a clock change in any zone, gap $gap and overlap $overlap', (policy) => {
  it('every call time gets the moment that the clock on the wall shows', () => {
    const seen = { exact: 0, twice: 0, never: 0 };
    for (const [zone, ofZone] of changedDays) {
      for (const { shown, date, moments } of ofZone) {
        for (const callTime of times) {
          const showing = moments.get(callTime) ?? [];
          let wanted = policy.overlap === 'first' ? showing[0] : showing.at(-1);
          if (showing.length === 0 && policy.gap === 'shift') wanted = besideJump(shown, date, callTime);
          seen[showing.length === 0 ? 'never' : showing.length === 1 ? 'exact' : 'twice']++;
          const moment = momentOf(preferences({ timeZone: zone, callTime, ...policy }), wholeDay, date);
          const found = 'at' in moment ? moment.at.getTime() : moment.none;
          if (found !== (wanted ?? 'gap-skipped'))
            expect.fail(`${zone} ${date} ${callTime}: ${found}, and the clock says ${wanted}`);
        }
      }
    }
    expect(seen.never).toBeGreaterThan(1_000);
    expect(seen.twice).toBeGreaterThan(1_000);
    expect(seen.exact).toBeGreaterThan(100_000);
  });
});

/** Follows a plan through the two years: each call is made, then the next one is asked for. */
function walk(prefs: CallPreferences): { at: number; localDate: string }[] {
  const calls: { at: number; localDate: string }[] = [];
  let after = new Date(begin);
  let lastDate = '2025-12-31';
  for (;;) {
    const lastDialledAt = calls.length > 0 ? after : null;
    const next = nextCall(prefs, wholeDay, { after, lastDate, lastDialledAt });
    if ('none' in next) return expect.fail(`${prefs.timeZone}: ${next.none.problem}`);
    if (next.localDate > '2027-12-31') return calls;
    calls.push({ at: next.at.getTime(), localDate: next.localDate });
    after = next.at;
    lastDate = next.localDate;
  }
}

/** The days of a zone on which its clock never shows a time. */
function daysWithout(zone: string, time: string): string[] {
  return changedDays
    .get(zone)!
    .filter(({ moments }) => !moments.has(time))
    .map(({ date }) => date);
}

/** One text per walk: comparing arrays of days takes longer than planning them. */
const inLines = (dates: string[]) => dates.join('\n');

describe('two years in every zone, call after call', () => {
  // 23:30 falls into the gap of Greenland, which ends the day.
  it.each(['00:00', '02:15', '23:30'])(
    'at %s: each local day once, none twice, none forgotten',
    (callTime) => {
      for (const zone of zones) {
        const calls = walk(preferences({ timeZone: zone, callTime }));
        expect(inLines(calls.map(({ localDate }) => localDate))).toBe(inLines(days));
        const shifted = new Set(daysWithout(zone, callTime));
        let last = 0;
        for (const { at, localDate } of calls) {
          if (at <= last) expect.fail(`${zone} ${localDate}: the call does not come after the one before`);
          last = at;
          const right = shifted.has(localDate)
            ? dateAt(zone, at) === localDate
            : readClock(zone, at) === `${localDate} ${callTime}`;
          if (!right) expect.fail(`${zone} ${localDate} ${callTime}: the clock shows ${readClock(zone, at)}`);
        }
      }
    },
  );

  it('with gaps skipped: each local day once, but those whose clock leaves the time out', () => {
    let skipped = 0;
    for (const zone of zones) {
      if (changedDays.get(zone)!.length === 0) continue;
      const calls = walk(preferences({ timeZone: zone, callTime: '02:15', gap: 'skip', overlap: 'last' }));
      const without = daysWithout(zone, '02:15');
      skipped += without.length;
      expect(inLines(calls.map(({ localDate }) => localDate))).toBe(
        inLines(days.filter((day) => !without.includes(day))),
      );
    }
    expect(skipped).toBeGreaterThan(100);
  });
});
