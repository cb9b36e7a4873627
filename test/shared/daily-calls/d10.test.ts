import { afterEach, describe, expect, it, vi } from 'vitest';
import { momentOf, nextCall } from '../../../shared/daily-calls/plan.ts';
import { type CallPreferences, defaultLegalHours } from '../../../shared/daily-calls/preferences.ts';
import { afterAttempt } from '../../../shared/daily-calls/retry.ts';
import { readClock } from './intl-clock.ts';
import { preferences, wholeDay } from './samples.ts';

const at = (text: string) => new Date(text);
const next = (
  prefs: CallPreferences,
  after: string,
  lastDate: string | null,
  lastDialledAt: Date | null = null,
) => nextCall(prefs, wholeDay, { after: at(after), lastDate, lastDialledAt });

/** What the original queue did wrong (a scan every 5 minutes for call times within ±5 minutes). */
describe('D10', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('a second call within ±5 minutes: asked again around the call, the answer is tomorrow', () => {
    const prefs = preferences();
    const dialled = at('2026-05-12T18:30:02Z');
    for (let second = -300; second <= 300; second += 10) {
      const now = new Date(dialled.getTime() + second * 1000);
      const found = nextCall(prefs, wholeDay, { after: now, lastDate: '2026-05-12', lastDialledAt: dialled });
      expect(found).toEqual({ at: at('2026-05-13T18:30Z'), localDate: '2026-05-13' });
    }
  });

  it('a second call after the call time was put off by minutes: the day has had its call', () => {
    const later = preferences({ callTime: '20:34' });
    expect(next(later, '2026-05-12T18:31:00Z', '2026-05-12', at('2026-05-12T18:30Z'))).toEqual({
      at: at('2026-05-13T18:34Z'),
      localDate: '2026-05-13',
    });
  });

  it.each(['UTC', 'Pacific/Kiritimati', 'Pacific/Honolulu', 'Asia/Kolkata'])(
    '"today" is the day of the person, not that of a server in %s',
    (zone) => {
      vi.stubEnv('TZ', zone);
      expect(new Date(0).getHours()).toBe(Number(readClock(zone, 0).slice(11, 13)));
      const auckland = preferences({ timeZone: 'Pacific/Auckland', callTime: '09:00' });
      // The 12th in Auckland, still the 11th in UTC.
      expect(next(auckland, '2026-05-11T20:00:00Z', '2026-05-11')).toEqual({
        at: at('2026-05-11T21:00Z'),
        localDate: '2026-05-12',
      });
      const honolulu = preferences({ timeZone: 'Pacific/Honolulu', callTime: '20:30' });
      // Still the 11th in Honolulu, the 12th in UTC: the call of the 11th does not use up the 12th.
      expect(next(honolulu, '2026-05-12T06:30:00Z', '2026-05-11')).toEqual({
        at: at('2026-05-13T06:30Z'),
        localDate: '2026-05-12',
      });
    },
  );

  it('attempts are counted over the server’s midnight: three a day stay three', () => {
    const newYork = preferences({ timeZone: 'America/New_York', callTime: '19:45' });
    const attempts = ['2026-05-12T23:46Z', '2026-05-13T00:17Z', '2026-05-13T00:48Z'].map((ended) => ({
      status: 'no-answer' as const,
      endedAt: at(ended),
    }));
    const afterFirst = (count: number) =>
      afterAttempt({
        prefs: newYork,
        legal: defaultLegalHours,
        localDate: '2026-05-12',
        attempts: attempts.slice(0, count),
      });
    expect(afterFirst(1)).toEqual({ kind: 'retry', at: at('2026-05-13T00:16Z'), moved: false });
    expect(afterFirst(2)).toEqual({ kind: 'retry', at: at('2026-05-13T00:47Z'), moved: false });
    expect(afterFirst(3)).toMatchObject({ kind: 'ended', ending: 'not-reached' });
  });

  it('a retry does not slip over the person’s midnight into a day that has its own call', () => {
    const late = preferences({ callTime: '23:45' });
    const then = afterAttempt({
      prefs: late,
      legal: wholeDay,
      localDate: '2026-05-12',
      attempts: [{ status: 'busy', endedAt: at('2026-05-12T21:45Z') }],
    });
    expect(then).toMatchObject({
      kind: 'ended',
      ending: 'not-reached',
      reason: 'no allowed moment left today',
    });
  });

  it('no retry in the night: nobody is called at half past nine', () => {
    const attempts = [{ status: 'no-answer' as const, endedAt: at('2026-05-12T18:31Z') }];
    const then = afterAttempt({
      prefs: preferences(),
      legal: defaultLegalHours,
      localDate: '2026-05-12',
      attempts,
    });
    expect(then).toMatchObject({ kind: 'ended', ending: 'not-reached' });
  });

  it('clock changes: the wall clock holds, no day is doubled or lost', () => {
    for (const [callTime, shows] of [
      ['02:30', ['03-28 02:30', '03-29 03:00', '03-30 02:30']],
      ['20:30', ['03-28 20:30', '03-29 20:30', '03-30 20:30']],
    ] as const) {
      let last: { at: Date; localDate: string } = { at: at('2026-03-27T10:00Z'), localDate: '2026-03-27' };
      const shown = shows.map(() => {
        const found = next(preferences({ callTime }), last.at.toISOString(), last.localDate, last.at);
        if (!('at' in found)) return expect.fail(found.none.problem);
        last = found;
        return readClock('Europe/Berlin', found.at.getTime()).slice(5);
      });
      expect(shown).toEqual(shows);
    }
    const twice = momentOf(preferences({ callTime: '02:30' }), wholeDay, '2026-10-25');
    expect(twice).toEqual({ at: at('2026-10-25T00:30Z') });
    expect(next(preferences({ callTime: '02:30' }), '2026-10-25T00:30:00Z', '2026-10-25')).toEqual({
      at: at('2026-10-26T01:30Z'),
      localDate: '2026-10-26',
    });
  });
});
