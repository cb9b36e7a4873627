import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  isTimeZone,
  localDate,
  localHoursBefore,
  resolveLocal,
  weekdayOf,
} from '../../shared/time.ts';

const zones = fc.constantFrom(
  'Europe/Berlin',
  'America/Chicago',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
  'UTC',
);
const moments = fc
  .integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 })
  .map((minutes) => new Date(minutes * 60_000));

/** What the clock on the wall shows, according to the runtime's own tables. */
function wall(at: Date, timeZone: string) {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at);
  const [date = '', time = ''] = parts.split(' ');
  return { date, time };
}

describe('local time', () => {
  it('comes back to the moment that it was read from, or to its twin', () => {
    fc.assert(
      fc.property(moments, zones, (at, zone) => {
        const { date, time } = wall(at, zone);
        const found = resolveLocal(date, time, zone);
        if (found.kind === 'exact') expect(found.at).toEqual(at);
        else if (found.kind === 'repeated') expect([found.at, found.later]).toContainEqual(at);
        else expect.unreachable('a time that a clock has shown exists');
        expect(localDate(at, zone)).toBe(date);
      }),
      { numRuns: 300 },
    );
  });

  it('that a clock change leaves out is said to be left out, with the time that follows', () => {
    const found = resolveLocal('2027-03-28', '02:30', 'Europe/Berlin');
    expect(found).toEqual({ kind: 'skipped', next: new Date('2027-03-28T01:30:00Z') });
  });

  it('that comes twice is both times', () => {
    expect(resolveLocal('2027-10-31', '02:30', 'Europe/Berlin')).toEqual({
      kind: 'repeated',
      at: new Date('2027-10-31T00:30:00Z'),
      later: new Date('2027-10-31T01:30:00Z'),
    });
  });

  it('of no calendar is a range error', () => {
    expect(() => resolveLocal('2027-02-30', '10:00', 'UTC')).toThrow(RangeError);
    expect(() => resolveLocal('2027-02-03', '25:00', 'UTC')).toThrow(RangeError);
  });

  it('a day before is the same time on the clock, unless that time does not exist', () => {
    fc.assert(
      fc.property(moments, zones, (at, zone) => {
        const before = wall(localHoursBefore(at, 24, zone), zone);
        const now = wall(at, zone);
        expect(before.date).toBe(addDays(now.date, -1));
        if (resolveLocal(before.date, now.time, zone).kind !== 'skipped') expect(before.time).toBe(now.time);
      }),
      { numRuns: 300 },
    );
  });

  it('knows its days and its zones', () => {
    expect(weekdayOf('2027-03-28')).toBe(7);
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Europe/Atlantis')).toBe(false);
    expect(isTimeZone('Etc/GMT-2')).toBe(true);
    for (const none of ['+02:00', '-0530', '2027-01-01T00:00Z', '2027-01-01T00:00[Europe/Berlin]', '']) {
      expect(isTimeZone(none), none).toBe(false);
    }
  });
});
