import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEAVES_WITHIN_MS, mayLeaveAt, nextLeavingOnDay } from '../../../shared/daily-calls/leaving.ts';
import { allowedMoments } from './allowed-moments.ts';
import { anyLegalHours, anyPreferences, oddDays, preferences, wholeDay } from './samples.ts';

const MINUTE_MS = 60_000;

describe('a call that leaves', () => {
  it('rings within the allowed hours of its day, on days of clock changes too', () => {
    const seconds = fc.oneof(fc.nat(59_999), fc.integer({ min: 54_000, max: 59_999 }));
    fc.assert(
      fc.property(
        anyPreferences,
        anyLegalHours,
        fc.constantFrom(...oddDays),
        fc.nat(1_800),
        seconds,
        (prefs, legal, [timeZone, date], minute, ms) => {
          const person = { ...prefs, timeZone };
          const moments = allowedMoments(person, legal, date);
          const allowed = new Set(moments);
          const from = Date.parse(`${date}T00:00:00Z`) - 15 * 60 * MINUTE_MS + minute * MINUTE_MS + ms;
          const isAllowed = (at: number) => allowed.has(Math.floor(at / MINUTE_MS) * MINUTE_MS);
          const leaves = (at: number) => isAllowed(at) && isAllowed(at + LEAVES_WITHIN_MS);

          expect(mayLeaveAt(person, legal, new Date(from), date)).toBe(leaves(from));
          const next = moments.map((at) => Math.max(at, from)).find((at) => leaves(at));
          expect(nextLeavingOnDay(person, legal, new Date(from), date)).toEqual(
            next === undefined ? null : new Date(next),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not leave in the last seconds of the hours, nor of the day', () => {
    const at = (text: string) => new Date(text);
    const noon = preferences({ windowFrom: '08:00', windowTo: '12:00', timeZone: 'UTC' });
    expect(mayLeaveAt(noon, wholeDay, at('2026-05-12T11:59:54.999Z'), '2026-05-12')).toBe(true);
    expect(mayLeaveAt(noon, wholeDay, at('2026-05-12T11:59:55.000Z'), '2026-05-12')).toBe(false);
    expect(nextLeavingOnDay(noon, wholeDay, at('2026-05-12T11:59:56Z'), '2026-05-12')).toBeNull();

    const split = preferences({ windowFrom: '22:00', windowTo: '02:00', timeZone: 'UTC' });
    expect(nextLeavingOnDay(split, wholeDay, at('2026-05-12T01:59:58Z'), '2026-05-12')).toEqual(
      at('2026-05-12T22:00:00Z'),
    );
    expect(mayLeaveAt(split, wholeDay, at('2026-05-12T23:59:57Z'), '2026-05-12')).toBe(false);
  });
});
