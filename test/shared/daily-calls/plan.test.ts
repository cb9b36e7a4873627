import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_GAP_MS, momentOf, nextCall } from '../../../shared/daily-calls/plan.ts';
import type { CallPreferences } from '../../../shared/daily-calls/preferences.ts';
import { defaultLegalHours } from '../../../shared/daily-calls/preferences.ts';
import { readClock } from './intl-clock.ts';
import { clock, preferences, wholeDay } from './samples.ts';

const moment = (over: Partial<CallPreferences>, date: string, legal = wholeDay) => {
  const found = momentOf(preferences(over), legal, date);
  return 'at' in found ? found.at.toISOString() : found.none;
};

describe('the moment of a local day', () => {
  it('is the call time on the clock of the person', () => {
    expect(moment({}, '2026-01-15')).toBe('2026-01-15T19:30:00.000Z');
    expect(moment({}, '2026-07-15')).toBe('2026-07-15T18:30:00.000Z');
    expect(moment({ timeZone: 'Asia/Kathmandu' }, '2026-07-15')).toBe('2026-07-15T14:45:00.000Z');
  });

  it('moves to the end of a gap, or is left out', () => {
    const berlin = { callTime: '02:30' };
    expect(moment(berlin, '2026-03-29')).toBe('2026-03-29T01:00:00.000Z');
    expect(moment({ ...berlin, gap: 'skip' }, '2026-03-29')).toBe('gap-skipped');
    // Half an hour on Lord Howe Island: 02:00 is 02:30.
    const lordHowe = { timeZone: 'Australia/Lord_Howe', callTime: '02:15' };
    expect(moment(lordHowe, '2026-10-04')).toBe('2026-10-03T15:30:00.000Z');
    expect(moment({ ...lordHowe, gap: 'skip' }, '2026-10-04')).toBe('gap-skipped');
    expect(moment({ ...lordHowe, callTime: '02:30' }, '2026-10-04')).toBe('2026-10-03T15:30:00.000Z');
  });

  it('moves to the beginning of a day whose midnight does not exist', () => {
    const cairo = { timeZone: 'Africa/Cairo', callTime: '00:20' };
    expect(moment(cairo, '2026-04-24')).toBe('2026-04-23T22:00:00.000Z');
    expect(readClock('Africa/Cairo', Date.parse('2026-04-23T22:00Z'))).toBe('2026-04-24 01:00');
  });

  it('is as much earlier as the gap is long where the gap ends the day: that day has its call too', () => {
    const nuuk = { timeZone: 'America/Nuuk', callTime: '23:20' };
    const at = moment(nuuk, '2026-03-28');
    expect(readClock('America/Nuuk', Date.parse(at))).toBe('2026-03-28 22:20');
    expect(moment({ ...nuuk, gap: 'skip' }, '2026-03-28')).toBe('gap-skipped');
  });

  it('is the first or the last of two, also where the half past comes twice or the evening does', () => {
    const berlin = { callTime: '02:30' };
    expect(moment(berlin, '2026-10-25')).toBe('2026-10-25T00:30:00.000Z');
    expect(moment({ ...berlin, overlap: 'last' }, '2026-10-25')).toBe('2026-10-25T01:30:00.000Z');
    const lordHowe = { timeZone: 'Australia/Lord_Howe', callTime: '01:45' };
    expect(moment(lordHowe, '2026-04-05')).toBe('2026-04-04T14:45:00.000Z');
    expect(moment({ ...lordHowe, overlap: 'last' }, '2026-04-05')).toBe('2026-04-04T15:15:00.000Z');
    const santiago = { timeZone: 'America/Santiago', callTime: '23:30' };
    expect(moment(santiago, '2026-04-04')).toBe('2026-04-05T02:30:00.000Z');
    expect(moment({ ...santiago, overlap: 'last' }, '2026-04-04')).toBe('2026-04-05T03:30:00.000Z');
  });

  it('of a day that comes back after its midnight is found on both sides of it', () => {
    // St John's put its clocks back at 00:01 on the 7th, to 23:01 on the 6th.
    const stJohns = { timeZone: 'America/St_Johns', callTime: '23:30' };
    expect(moment(stJohns, '2010-11-06')).toBe('2010-11-07T02:00:00.000Z');
    expect(moment({ ...stJohns, overlap: 'last' }, '2010-11-06')).toBe('2010-11-07T03:00:00.000Z');
    const next = nextCall(preferences({ ...stJohns, overlap: 'last' }), wholeDay, {
      // Half a minute into the 7th, before the 6th comes back.
      after: new Date('2010-11-07T02:30:30Z'),
      lastDate: '2010-11-05',
      lastDialledAt: null,
    });
    expect(next).toEqual({ at: new Date('2010-11-07T03:00:00Z'), localDate: '2010-11-06' });
  });

  it('does not exist on a day that does not exist', () => {
    const apia = { timeZone: 'Pacific/Apia', callTime: '10:00' };
    expect(moment(apia, '2011-12-29')).toBe('2011-12-29T20:00:00.000Z');
    expect(moment(apia, '2011-12-30')).toBe('no-such-day');
    expect(moment(apia, '2011-12-31')).toBe('2011-12-30T20:00:00.000Z');
    const next = nextCall(preferences(apia), wholeDay, {
      after: new Date('2011-12-29T20:00:00Z'),
      lastDate: '2011-12-29',
      lastDialledAt: new Date('2011-12-29T20:00:00Z'),
    });
    expect(next).toEqual({ at: new Date('2011-12-30T20:00:00Z'), localDate: '2011-12-31' });
  });

  it('waits for the window, and is none once it is over', () => {
    expect(moment({ callTime: '06:00', windowFrom: '09:15', windowTo: '17:00' }, '2026-01-15')).toBe(
      '2026-01-15T08:15:00.000Z',
    );
    expect(moment({ callTime: '17:00', windowFrom: '09:15', windowTo: '17:00' }, '2026-01-15')).toBe(
      'not-allowed',
    );
    expect(moment({ callTime: '21:00' }, '2026-01-15', defaultLegalHours)).toBe('not-allowed');
    expect(moment({ callTime: '12:10', quietFrom: '12:00', quietTo: '13:00' }, '2026-01-15')).toBe(
      '2026-01-15T12:00:00.000Z',
    );
  });

  it('is none on other weekdays, and an error for a date of no calendar', () => {
    expect(moment({ weekdays: [5] }, '2026-01-15')).toBe('weekday');
    expect(moment({ weekdays: [4] }, '2026-01-15')).toBe('2026-01-15T19:30:00.000Z');
    for (const date of ['2026-02-30', '2026-13-01', '26-01-01', 'today'])
      expect(() => moment({}, date)).toThrow(RangeError);
  });
});

describe('the next call', () => {
  const at = (text: string) => new Date(text);
  const fresh = { lastDate: null, lastDialledAt: null };

  it('is today’s while that is to come; a moment that is now is over', () => {
    const next = (after: string) => nextCall(preferences(), wholeDay, { after: at(after), ...fresh });
    expect(next('2026-01-15T19:29:59.999Z')).toEqual({
      at: at('2026-01-15T19:30Z'),
      localDate: '2026-01-15',
    });
    expect(next('2026-01-15T19:30:00Z')).toEqual({ at: at('2026-01-16T19:30Z'), localDate: '2026-01-16' });
  });

  it('is of a later day than the last one, whatever time is set now', () => {
    const later = nextCall(preferences({ callTime: '22:00' }), wholeDay, {
      after: at('2026-01-15T19:31:00Z'),
      lastDate: '2026-01-15',
      lastDialledAt: at('2026-01-15T19:30:00Z'),
    });
    expect(later).toEqual({ at: at('2026-01-16T21:00Z'), localDate: '2026-01-16' });
  });

  it('leaves a day out that would begin right after the call of the last one', () => {
    const basis = {
      after: at('2026-01-15T22:55:00Z'),
      lastDate: '2026-01-15',
      lastDialledAt: at('2026-01-15T22:55:00Z'),
    };
    const moved = (callTime: string) => nextCall(preferences({ callTime }), wholeDay, basis);
    expect(moved('00:10')).toEqual({ at: at('2026-01-16T23:10Z'), localDate: '2026-01-17' });
    const limit = new Date(basis.lastDialledAt.getTime() + MIN_GAP_MS);
    expect(moved('05:55')).toEqual({ at: limit, localDate: '2026-01-16' });
    expect(moved('05:54')).toMatchObject({ localDate: '2026-01-17' });
  });

  it('looks over weeks: a weekly call whose day has no such time', () => {
    const sundays = preferences({ callTime: '02:30', weekdays: [7], gap: 'skip' });
    const next = nextCall(sundays, wholeDay, {
      after: at('2026-03-22T02:00:00Z'),
      lastDate: '2026-03-22',
      lastDialledAt: null,
    });
    expect(next).toEqual({ at: at('2026-04-05T00:30Z'), localDate: '2026-04-05' });
  });

  it('does not exist for whom no call can be planned; the reason is said', () => {
    const none = (over: Partial<CallPreferences>) => {
      const next = nextCall(preferences(over), defaultLegalHours, {
        after: at('2026-01-15T00:00Z'),
        ...fresh,
      });
      return 'none' in next ? next.none.field : next;
    };
    expect(none({ callEnabled: false })).toBe('callEnabled');
    expect(none({ timeZone: 'Europe/Atlantis' })).toBe('timeZone');
    expect(none({ callTime: '25:00' })).toBe('callTime');
    expect(none({ callTime: '22:00' })).toBe('callTime');
    expect(none({ weekdays: [] })).toBe('weekdays');
    expect(none({ windowFrom: '22:00', windowTo: '23:00' })).toBe('windowFrom');
    expect(none({ quietFrom: '07:00', quietTo: '22:00' })).toBe('quietFrom');
  });
});

const zones = ['Pacific/Kiritimati', 'Pacific/Honolulu', 'Pacific/Pago_Pago', 'Asia/Kolkata', 'UTC'];
const anyTime = fc.integer({ min: 0, max: 1439 }).map(clock);

describe('who moves over the date line', () => {
  const kiritimati = 'Pacific/Kiritimati';
  const honolulu = 'Pacific/Honolulu';
  /** Called at 20:00 in one zone on the 12th, then moved right away. */
  const moved = (from: string, to: string, callTime: string) => {
    const called = momentOf(preferences({ timeZone: from, callTime: '20:00' }), wholeDay, '2026-05-12');
    if (!('at' in called)) return expect.fail('there is a call');
    const next = nextCall(preferences({ timeZone: to, callTime }), wholeDay, {
      after: called.at,
      lastDate: '2026-05-12',
      lastDialledAt: called.at,
    });
    return 'at' in next
      ? { localDate: next.localDate, hours: (next.at.getTime() - called.at.getTime()) / 3_600_000 }
      : expect.fail(next.none.problem);
  };

  it('to the east has lived the day already: its date is not called again', () => {
    // 20:00 of the 12th in Kiritimati is 20:00 of the 11th in Honolulu; the 12th comes a second time there.
    expect(moved(kiritimati, honolulu, '20:00')).toEqual({ localDate: '2026-05-13', hours: 48 });
    expect(moved(kiritimati, honolulu, '20:05')).toEqual({ localDate: '2026-05-13', hours: 48 + 1 / 12 });
  });

  it('to the west is not called for the next date within minutes', () => {
    // 20:00 of the 12th in Honolulu is 20:00 of the 13th in Kiritimati.
    expect(moved(honolulu, kiritimati, '20:05')).toEqual({ localDate: '2026-05-14', hours: 24 + 1 / 12 });
    expect(moved(honolulu, kiritimati, '08:00')).toEqual({ localDate: '2026-05-14', hours: 12 });
  });

  it('again and again, with any call time, has dates rising and calls apart', () => {
    const lives = fc.array(fc.record({ timeZone: fc.constantFrom(...zones), callTime: anyTime }), {
      minLength: 20,
    });
    fc.assert(
      fc.property(lives, (moves) => {
        let last: { at: Date; localDate: string } | null = null;
        for (const move of moves) {
          const next = nextCall(preferences(move), wholeDay, {
            after: last?.at ?? new Date('2026-05-12T00:00:00Z'),
            lastDate: last?.localDate ?? null,
            lastDialledAt: last?.at ?? null,
          });
          if (!('at' in next)) return expect.fail(next.none.problem);
          expect(readClock(move.timeZone, next.at.getTime())).toBe(`${next.localDate} ${move.callTime}`);
          if (last) {
            expect(next.localDate > last.localDate).toBe(true);
            const apartMs = next.at.getTime() - last.at.getTime();
            expect(apartMs).toBeGreaterThanOrEqual(MIN_GAP_MS);
            // Two dates at most have no call of their own: one lived before, one too near.
            expect(apartMs).toBeLessThan(4 * 24 * 3_600_000);
          }
          last = next;
        }
      }),
      { numRuns: 300 },
    );
  });
});
