import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPreferences } from '../../../shared/daily-calls/check-preferences.ts';
import { nextCall } from '../../../shared/daily-calls/plan.ts';
import { type CallPreferences, defaultLegalHours } from '../../../shared/daily-calls/preferences.ts';
import type { RetryDelays } from '../../../shared/daily-calls/vocabulary.ts';
import { allowedMinutes, anyLegalHours, anyPreferences, minuteOf, preferences, wholeDay } from './samples.ts';

const problems = (over: Partial<CallPreferences>, legal = defaultLegalHours) =>
  checkPreferences(preferences(over), legal).map(({ field, problem }) => `${field}: ${problem}`);

describe('preferences', () => {
  it('of most people are fine', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ quietFrom: '20:00', quietTo: '07:30', callTime: '19:59' })).toEqual([]);
    expect(problems({ windowFrom: '22:00', windowTo: '02:00', callTime: '00:30' }, wholeDay)).toEqual([]);
    expect(problems({ windowFrom: '18:00', windowTo: '00:00', callTime: '20:59' })).toEqual([]);
    expect(problems({ retryDelays: { busy: 0, voicemail: 1440, failed: null }, maxAttempts: 10 })).toEqual(
      [],
    );
    expect(problems({ timeZone: 'UTC' })).toEqual([]);
  });

  it.each(['Europe/Atlantis', '', 'Berlin', '+02:00', 'GMT+2'])(
    'of the zone "%s" are refused',
    (timeZone) => {
      expect(problems({ timeZone })).toEqual([
        `timeZone: Unknown time zone "${timeZone}". Use an IANA name such as Europe/Berlin or America/New_York.`,
      ]);
    },
  );

  it.each(['25:00', '24:00', '12:60', '9:00', '09:00:00', ' 9:00', '0a:00', ''])(
    'with calls at "%s" are refused',
    (callTime) => {
      expect(problems({ callTime })).toEqual([
        `callTime: "${callTime}" is not a time of the day. Use HH:MM from 00:00 to 23:59.`,
      ]);
    },
  );

  it('have a day that ends at 24:00 but does not begin there', () => {
    expect(problems({ windowFrom: '10:00', windowTo: '24:00' })).toEqual([]);
    expect(problems({ windowFrom: '24:00', windowTo: '10:00' })).toEqual([
      'windowFrom: "24:00" is not a time of the day. Use HH:MM from 00:00 to 23:59.',
    ]);
    expect(problems({ windowTo: '24:01' })).toEqual([
      'windowTo: "24:01" is not a time of the day. Use HH:MM from 00:00 to 24:00.',
    ]);
  });

  it('that leave no minute for a call are refused, each with its reason', () => {
    expect(problems({ windowFrom: '09:00', windowTo: '09:00' })).toEqual([
      'windowTo: The call window starts and ends at 09:00 and holds no minute. Use 00:00 to 24:00 for the whole day.',
    ]);
    expect(problems({ quietFrom: '00:00', quietTo: '00:00' })).toEqual([
      'quietTo: The quiet hours start and end at 00:00: quiet all day. Leave both empty for no quiet hours.',
    ]);
    expect(problems({ quietFrom: '00:00', quietTo: '24:00' })).toEqual([
      'quietFrom: The quiet hours 00:00–24:00 leave nothing of 08:00–21:00, when calls are possible. Shorten them.',
    ]);
    expect(problems({ windowFrom: '21:00', windowTo: '08:00' })).toEqual([
      'windowFrom: The call window 21:00–08:00 lies outside of the legal calling hours 08:00–21:00. Choose a window that overlaps with them.',
    ]);
    expect(problems({ quietFrom: '22:00', quietTo: null })).toEqual([
      'quietTo: Quiet hours need both a start and an end. Set both, or neither.',
    ]);
  });

  it('with calls outside of the allowed minutes are refused, and the allowed ones are said', () => {
    const quiet = { quietFrom: '12:00', quietTo: '13:30', windowFrom: '09:00', windowTo: '20:00' };
    expect(problems({ ...quiet, callTime: '12:30' })).toEqual([
      'callTime: No call is allowed at 12:30. Window, legal hours (08:00–21:00) and quiet hours leave 09:00–12:00 and 13:30–20:00 (the end not included); choose a time in there.',
    ]);
    expect(problems({ ...quiet, callTime: '20:00' })[0]).toMatch(/^callTime: No call is allowed at 20:00/);
    expect(problems({ ...quiet, callTime: '19:59' })).toEqual([]);
  });

  it('without a weekday, or with one that no week has, are refused', () => {
    expect(problems({ weekdays: [] })).toEqual([
      'weekdays: No weekday is chosen. Give at least one of 1 (Monday) to 7 (Sunday). To stop the calls, disable them.',
    ]);
    expect(problems({ weekdays: [0, 1, 8, 2.5] })).toEqual([
      'weekdays: No such weekday: 0, 8, 2.5. Give at least one of 1 (Monday) to 7 (Sunday).',
    ]);
  });

  it.each([0, 11, -1, 2.5, Number.NaN])('with %d attempts a day are refused', (maxAttempts) => {
    expect(problems({ maxAttempts })).toEqual([
      `maxAttempts: ${maxAttempts} calls a day are not possible. Use a whole number from 1 to 10.`,
    ]);
  });

  it('with delays before the call or after the day are refused', () => {
    const odd = { busy: -1, failed: 1441, 'no-answer': Number.NaN, completed: 5 } as RetryDelays;
    expect(problems({ retryDelays: odd })).toEqual([
      'retryDelays: -1 minutes after busy are not possible. Use 0 to 1440, or null for no further try.',
      'retryDelays: 1441 minutes after failed are not possible. Use 0 to 1440, or null for no further try.',
      'retryDelays: NaN minutes after no-answer are not possible. Use 0 to 1440, or null for no further try.',
      'retryDelays: "completed" is not an outcome that is tried again. Use no-answer, busy, failed, voicemail.',
    ]);
  });

  it('are told all their problems at once', () => {
    const fields = checkPreferences(
      preferences({ timeZone: 'Mars', callTime: '25:00', windowTo: '99:00', weekdays: [], maxAttempts: 0 }),
      defaultLegalHours,
    ).map(({ field }) => field);
    expect(fields).toEqual(['timeZone', 'callTime', 'windowTo', 'weekdays', 'maxAttempts']);
  });

  it('have no problem exactly when the call time is one of the allowed minutes, and then have a next call', () => {
    fc.assert(
      fc.property(anyPreferences, anyLegalHours, (prefs, legal) => {
        const minute = minuteOf(prefs.callTime);
        const found = checkPreferences(prefs, legal);
        expect(found.length === 0).toBe(allowedMinutes(prefs, legal)[minute]);
        if (found.length > 0) return;
        const basis = { after: new Date('2026-03-28T12:00:00Z'), lastDate: null, lastDialledAt: null };
        expect(nextCall(prefs, legal, basis)).toHaveProperty('at');
      }),
      { numRuns: 1_000 },
    );
  });

  it('are not blamed for malformed legal hours', () => {
    expect(() => checkPreferences(preferences(), { from: '8', to: '21' })).toThrow(RangeError);
  });
});
