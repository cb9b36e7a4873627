import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentOf } from '../../../shared/daily-calls/plan.ts';
import { type CallPreferences, defaultLegalHours } from '../../../shared/daily-calls/preferences.ts';
import { type AttemptEnd, afterAttempt } from '../../../shared/daily-calls/retry.ts';
import { defaultRetryDelays } from '../../../shared/daily-calls/vocabulary.ts';
import { dateAt, timeAt } from './intl-clock.ts';
import {
  allowedMinutes,
  anyLegalHours,
  anyPreferences,
  clock,
  minuteOf,
  oddDays,
  preferences,
  wholeDay,
} from './samples.ts';

const MINUTE_MS = 60_000;
const localDate = '2026-05-12';
const at = (time: string) => new Date(`${localDate}T${time}:00Z`);

/** What follows attempts that ended one after the other, somebody in UTC. */
const following = (ends: [AttemptEnd, string][], over: Partial<CallPreferences> = {}, legal = wholeDay) =>
  afterAttempt({
    prefs: preferences({ timeZone: 'UTC', ...over }),
    legal,
    localDate,
    attempts: ends.map(([status, time]) => ({ status, endedAt: at(time) })),
  });

describe('after an attempt', () => {
  it.each(['no-answer', 'busy', 'failed'] as const)(
    'that ended %s there is another in 30 minutes',
    (status) => {
      expect(following([[status, '18:00']])).toEqual({ kind: 'retry', at: at('18:30'), moved: false });
    },
  );

  it('the delay is that of the outcome, by the wish of the person', () => {
    const retryDelays = { busy: 5, voicemail: 120 };
    expect(following([['busy', '18:00']], { retryDelays })).toMatchObject({ at: at('18:05') });
    expect(following([['voicemail', '18:00']], { retryDelays })).toMatchObject({ at: at('20:00') });
    expect(following([['failed', '18:00']], { retryDelays })).toMatchObject({ at: at('18:30') });
    expect(following([['busy', '18:00']], { retryDelays: { busy: null } })).toMatchObject({
      ending: 'not-reached',
    });
  });

  it.each([
    ['completed', 'completed'],
    ['voicemail', 'voicemail'],
    ['canceled', 'withdrawn'],
    ['unreported', 'unreported'],
    ['withdrawn', 'not-allowed'],
  ] as const)('that ended %s the day ends as %s', (status, ending) => {
    expect(following([[status, '18:00']])).toMatchObject({ kind: 'ended', ending });
  });

  it('the last one allowed, the person was not reached', () => {
    const two: [AttemptEnd, string][] = [
      ['busy', '18:00'],
      ['no-answer', '18:30'],
    ];
    expect(following(two)).toMatchObject({ kind: 'retry' });
    expect(following([...two, ['busy', '19:00']])).toEqual({
      kind: 'ended',
      ending: 'not-reached',
      reason: '3 attempts made',
    });
    expect(following(two, { maxAttempts: 2 })).toMatchObject({ ending: 'not-reached' });
  });

  it('a conversation that was reported late still wins, and a doubt about one allows no second ring', () => {
    expect(
      following([
        ['completed', '18:00'],
        ['busy', '18:30'],
      ]),
    ).toMatchObject({ ending: 'completed' });
    expect(
      following([
        ['unreported', '18:00'],
        ['completed', '18:30'],
      ]),
    ).toMatchObject({ ending: 'completed' });
    expect(
      following([
        ['unreported', '18:00'],
        ['busy', '18:30'],
      ]),
    ).toMatchObject({ ending: 'unreported' });
  });

  it('that was nobody’s end, or none at all, is a mistake of the caller', () => {
    expect(() => following([])).toThrow(RangeError);
    expect(() => following([['ringing' as AttemptEnd, '18:00']])).toThrow(RangeError);
  });

  it('on a day of no more allowed minutes the day ends; before quiet hours it waits for their end', () => {
    expect(following([['busy', '20:35']], {}, defaultLegalHours)).toEqual({
      kind: 'ended',
      ending: 'not-reached',
      reason: 'no allowed moment left today',
    });
    const quiet = { quietFrom: '12:00', quietTo: '13:00' };
    expect(following([['busy', '11:45']], quiet)).toEqual({ kind: 'retry', at: at('13:00'), moved: true });
  });

  it('over any day: never outside of the allowed minutes, of the day, of the number or before the delay', () => {
    const ends = fc.constantFrom<AttemptEnd>(
      'no-answer',
      'busy',
      'failed',
      'voicemail',
      'no-answer',
      'busy',
      'completed',
      'canceled',
      'unreported',
      'withdrawn',
    );
    const lengths = fc.tuple(ends, fc.nat(45 * MINUTE_MS));
    // For some, quiet hours begin soon after the call time, so that retries meet them.
    const people = fc.tuple(anyPreferences, fc.boolean()).map(([prefs, restsSoon]) => {
      const minute = minuteOf(prefs.callTime);
      if (!restsSoon) return prefs;
      return { ...prefs, quietFrom: clock((minute + 10) % 1440), quietTo: clock((minute + 130) % 1440) };
    });
    const seen = { retries: 0, moved: 0, ended: 0 };
    fc.assert(
      fc.property(
        people,
        anyLegalHours,
        fc.constantFrom(...oddDays),
        fc.infiniteStream(lengths),
        (prefs, legal, [timeZone, date], outcomes) => {
          const person = { ...prefs, timeZone };
          const first = momentOf(person, legal, date);
          if (!('at' in first)) return;
          const allowed = allowedMinutes(person, legal);
          const attempts: { status: AttemptEnd; endedAt: Date }[] = [];
          let dialledAt = first.at;
          for (;;) {
            const [status, lengthMs] = outcomes.next().value!;
            attempts.push({ status, endedAt: new Date(dialledAt.getTime() + lengthMs) });
            expect(attempts.length).toBeLessThanOrEqual(person.maxAttempts);
            const then = afterAttempt({ prefs: person, legal, localDate: date, attempts });
            if (then.kind === 'ended') {
              seen.ended++;
              return;
            }
            expect(['no-answer', 'busy', 'failed', 'voicemail']).toContain(status);
            const outcome = status as keyof typeof defaultRetryDelays;
            const { [outcome]: delay = defaultRetryDelays[outcome] } = person.retryDelays;
            const earliest = attempts.at(-1)!.endedAt.getTime() + delay! * MINUTE_MS;
            expect(then.at.getTime()).toBeGreaterThanOrEqual(earliest);
            expect(then.moved).toBe(then.at.getTime() > earliest);
            const time = timeAt(timeZone, then.at.getTime());
            expect(dateAt(timeZone, then.at.getTime())).toBe(date);
            expect(allowed[minuteOf(time)]).toBe(true);
            seen.retries++;
            if (then.moved) seen.moved++;
            dialledAt = then.at;
          }
        },
      ),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.retries, seen.ended)).toBeGreaterThan(300);
    expect(seen.moved).toBeGreaterThan(20);
  });
});
