import { describe, expect, it } from 'vitest';
import { checkPreferences } from '../../../shared/daily-calls/check-preferences.ts';
import { momentOf, nextCall } from '../../../shared/daily-calls/plan.ts';
import {
  type CallPreferences,
  defaultLegalHours,
  type LegalHours,
} from '../../../shared/daily-calls/preferences.ts';
import { type AttemptEnd, afterAttempt } from '../../../shared/daily-calls/retry.ts';
import { defaultRetryDelays, retryableOutcomes } from '../../../shared/daily-calls/vocabulary.ts';
import { seededRandom } from '../../fault/random.ts';
import { calendar, dateAt, timeAt, weekday } from './intl-clock.ts';
import { allowedMinutes, clock, everyDay, minuteOf, preferences, wholeDay } from './samples.ts';

const USERS = 50;
const SEED = 4;
const MINUTE_MS = 60_000;
const year = calendar('2026-01-01', '2026-12-31');
const begin = new Date('2025-12-30T00:00:00Z');
const zones = Intl.supportedValuesOf('timeZone');

interface User {
  prefs: CallPreferences;
  legal: LegalHours;
}
interface Attempt {
  localDate: string;
  dialledAt: Date;
  status: AttemptEnd;
  endedAt: Date;
}

const random = seededRandom(SEED);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(from: readonly T[]) => from[below(from.length)]!;
/** A call is mostly not answered, so that days take several attempts. */
const outcomes: AttemptEnd[] = [
  ...retryableOutcomes,
  'no-answer',
  'no-answer',
  'busy',
  'completed',
  'completed',
  'canceled',
  'unreported',
  'withdrawn',
];

/** Somebody whose preferences our check accepts; every other one lives under a law that allows all hours. */
function anyUser(index: number): User {
  const legal = index % 2 === 0 ? defaultLegalHours : wholeDay;
  for (;;) {
    const quiet = random() < 0.5;
    const weekdays = random() < 0.5 ? everyDay : everyDay.filter(() => random() < 0.5);
    const prefs = preferences({
      timeZone: pick(zones),
      callTime: clock(below(1440)),
      weekdays,
      windowFrom: clock(below(1440)),
      windowTo: pick(['24:00', clock(below(1440))]),
      quietFrom: quiet ? clock(below(1440)) : null,
      quietTo: quiet ? clock(below(1440)) : null,
      gap: pick(['shift', 'skip'] as const),
      overlap: pick(['first', 'last'] as const),
      maxAttempts: 1 + below(5),
      retryDelays:
        random() < 0.5 ? {} : { 'no-answer': below(180), voicemail: pick([null, 60]), busy: below(15) },
    });
    if (checkPreferences(prefs, legal).length === 0) return { prefs, legal };
  }
}

/** All attempts of a year, as the plan and the retries have them. */
function live({ prefs, legal }: User): Attempt[] {
  const made: Attempt[] = [];
  let last: { at: Date; localDate: string } | null = null;
  for (;;) {
    const next = nextCall(prefs, legal, {
      after: last?.at ?? begin,
      lastDate: last?.localDate ?? '2025-12-31',
      lastDialledAt: last?.at ?? null,
    });
    if ('none' in next) return expect.fail(next.none.problem);
    const { localDate } = next;
    if (localDate > year.at(-1)!) return made;
    const attempts: Attempt[] = [];
    for (let dialledAt: Date | null = next.at; dialledAt; ) {
      const endedAt = new Date(dialledAt.getTime() + 15_000 + below(10 * MINUTE_MS));
      attempts.push({ localDate, dialledAt, status: pick(outcomes), endedAt });
      const then = afterAttempt({ prefs, legal, localDate, attempts });
      dialledAt = then.kind === 'retry' ? then.at : null;
    }
    made.push(...attempts);
    last = next;
  }
}

/** Attempts, day by day. */
function daysOf(attempts: Attempt[]): Attempt[][] {
  const days = new Map<string, Attempt[]>();
  for (const attempt of attempts)
    days.set(attempt.localDate, [...(days.get(attempt.localDate) ?? []), attempt]);
  return [...days.values()];
}

describe(`a year of ${USERS} people with any preferences and any luck`, () => {
  const users = Array.from({ length: USERS }, (_, index) => anyUser(index));
  const years = users.map((user) => ({ ...user, attempts: live(user) }));

  it('has a call on every day that is to have one, and on no other', () => {
    for (const { prefs, legal, attempts } of years) {
      const planned = year.filter((date) => 'at' in momentOf(prefs, legal, date));
      expect([...new Set(attempts.map(({ localDate }) => localDate))]).toEqual(planned);
      const wished = year.filter((date) => prefs.weekdays.includes(weekday(date)));
      if (prefs.gap === 'shift') expect(planned).toEqual(wished);
      else expect(wished.length - planned.length).toBeLessThanOrEqual(2);
    }
    expect(years.flatMap(({ attempts }) => attempts).length).toBeGreaterThan(15_000);
  });

  it('has no call outside of the allowed hours, nor on another local day', () => {
    for (const { prefs, legal, attempts } of years) {
      const allowed = allowedMinutes(prefs, legal);
      for (const { dialledAt, localDate } of attempts) {
        const time = timeAt(prefs.timeZone, dialledAt.getTime());
        if (!allowed[minuteOf(time)] || dateAt(prefs.timeZone, dialledAt.getTime()) !== localDate)
          expect.fail(`${prefs.timeZone} ${localDate}: called at ${dialledAt.toISOString()}, ${time} there`);
      }
    }
  });

  it('has as many attempts a day as wished at most, the delay between them, none after a conversation', () => {
    for (const { prefs, attempts } of years) {
      for (const day of daysOf(attempts)) {
        expect(day.length).toBeGreaterThanOrEqual(1);
        expect(day.length).toBeLessThanOrEqual(prefs.maxAttempts);
        for (const [i, { status, endedAt }] of day.slice(0, -1).entries()) {
          const outcome = retryableOutcomes.find((one) => one === status);
          if (!outcome) return expect.fail(`a call after one that ended ${status}`);
          const { [outcome]: delay = defaultRetryDelays[outcome] } = prefs.retryDelays;
          expect(delay).not.toBe(null);
          const pauseMs = day[i + 1]!.dialledAt.getTime() - endedAt.getTime();
          expect(pauseMs).toBeGreaterThanOrEqual(delay! * MINUTE_MS);
        }
      }
    }
  });

  it('lets one call follow the other in time', () => {
    for (const { attempts } of years)
      for (const [i, { dialledAt }] of attempts.slice(1).entries())
        expect(dialledAt.getTime()).toBeGreaterThan(attempts[i]!.dialledAt.getTime());
  });
});
