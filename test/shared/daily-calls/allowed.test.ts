import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowedAt, nextAllowedOnDay, windowEndOf } from '../../../shared/daily-calls/allowed.ts';
import { momentOf } from '../../../shared/daily-calls/plan.ts';
import { defaultLegalHours } from '../../../shared/daily-calls/preferences.ts';
import { allowedMoments } from './allowed-moments.ts';
import { dateAt, timeAt } from './intl-clock.ts';
import {
  allowedMinutes,
  anyLegalHours,
  anyPreferences,
  minuteOf,
  oddDays,
  preferences,
  wholeDay,
} from './samples.ts';

const MINUTE_MS = 60_000;
const anyDay = fc.constantFrom(...oddDays);

describe('any window, legal and quiet hours, on days of clock changes', () => {
  it('allow the moments at which the clock shows an allowed minute; the first and the last are found', () => {
    fc.assert(
      fc.property(
        anyPreferences,
        anyLegalHours,
        anyDay,
        fc.nat(1800),
        fc.nat(59_999),
        (prefs, legal, [timeZone, date], minute, ms) => {
          const person = { ...prefs, timeZone };
          const moments = allowedMoments(person, legal, date);
          const from = Date.parse(`${date}T00:00:00Z`) - 15 * 60 * MINUTE_MS + minute * MINUTE_MS + ms;

          const inMinute = Math.floor(from / MINUTE_MS) * MINUTE_MS;
          if (dateAt(timeZone, from) === date)
            expect(isAllowedAt(person, legal, new Date(from))).toBe(moments.includes(inMinute));

          const next = moments.find((at) => at + MINUTE_MS > from);
          const expected = next === undefined ? null : new Date(Math.max(next, from));
          expect(nextAllowedOnDay(person, legal, new Date(from), date)).toEqual(expected);

          const last = moments.at(-1);
          const end = last === undefined ? null : new Date(last + MINUTE_MS - 1);
          expect(windowEndOf(person, legal, date)).toEqual(end);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('have no planned moment outside of them, nor on another day', () => {
    fc.assert(
      fc.property(anyPreferences, anyLegalHours, anyDay, (prefs, legal, [timeZone, date]) => {
        const person = { ...prefs, timeZone };
        const moment = momentOf(person, legal, date);
        if (!('at' in moment)) return;
        const at = moment.at.getTime();
        const time = timeAt(timeZone, at);
        expect(dateAt(timeZone, at)).toBe(date);
        expect(allowedMinutes(person, legal)[minuteOf(time)]).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the allowed hours', () => {
  const at = (text: string) => new Date(text);

  it('that wrap over midnight are the early and the late minutes of one and the same day', () => {
    const night = preferences({ windowFrom: '22:00', windowTo: '02:00', timeZone: 'UTC' });
    expect(isAllowedAt(night, wholeDay, at('2026-05-12T01:59:59.999Z'))).toBe(true);
    expect(isAllowedAt(night, wholeDay, at('2026-05-12T02:00:00Z'))).toBe(false);
    expect(isAllowedAt(night, wholeDay, at('2026-05-12T22:00:00Z'))).toBe(true);
    expect(nextAllowedOnDay(night, wholeDay, at('2026-05-12T02:00:00Z'), '2026-05-12')).toEqual(
      at('2026-05-12T22:00:00Z'),
    );
    expect(windowEndOf(night, wholeDay, '2026-05-12')).toEqual(at('2026-05-12T23:59:59.999Z'));
  });

  it('end with the law, whatever the window says', () => {
    const late = preferences({ windowFrom: '18:00', windowTo: '24:00' });
    expect(windowEndOf(late, defaultLegalHours, '2026-05-12')).toEqual(at('2026-05-12T18:59:59.999Z'));
    expect(nextAllowedOnDay(late, defaultLegalHours, at('2026-05-12T19:00:00Z'), '2026-05-12')).toBe(null);
  });

  it('come twice when the clock does', () => {
    const once = preferences({ windowFrom: '02:00', windowTo: '02:30' });
    const next = (text: string) => nextAllowedOnDay(once, wholeDay, at(text), '2026-10-25');
    expect(next('2026-10-24T22:00:00Z')).toEqual(at('2026-10-25T00:00:00Z'));
    expect(next('2026-10-25T00:30:00Z')).toEqual(at('2026-10-25T01:00:00Z'));
    expect(next('2026-10-25T01:30:00Z')).toBe(null);
  });

  it('do not come when the clock leaves them out', () => {
    const never = preferences({ windowFrom: '02:00', windowTo: '02:30' });
    expect(nextAllowedOnDay(never, wholeDay, at('2026-03-28T23:00:00Z'), '2026-03-29')).toBe(null);
    expect(windowEndOf(never, wholeDay, '2026-03-29')).toBe(null);
    expect(windowEndOf(preferences({ timeZone: 'Pacific/Apia' }), wholeDay, '2011-12-30')).toBe(null);
  });
});
