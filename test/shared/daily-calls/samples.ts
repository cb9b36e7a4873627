import fc from 'fast-check';
import type { CallPreferences, LegalHours } from '../../../shared/daily-calls/preferences.ts';

export const wholeDay: LegalHours = { from: '00:00', to: '24:00' };
export const everyDay = [1, 2, 3, 4, 5, 6, 7];

/** Somebody in Berlin who is called every day at 20:30 and may be called at any hour. */
export function preferences(over: Partial<CallPreferences> = {}): CallPreferences {
  return {
    callEnabled: true,
    callTime: '20:30',
    timeZone: 'Europe/Berlin',
    weekdays: everyDay,
    windowFrom: '00:00',
    windowTo: '24:00',
    quietFrom: null,
    quietTo: null,
    gap: 'shift',
    overlap: 'first',
    maxAttempts: 3,
    retryDelays: {},
    ...over,
  };
}

export const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
/** The minute of the day that `HH:MM` names. */
export const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Which of the 1440 minutes of a day are allowed, found by asking each of them. */
export function allowedMinutes(prefs: CallPreferences, legal: LegalHours): boolean[] {
  const inWindow = within(prefs.windowFrom, prefs.windowTo);
  const inLegalHours = within(legal.from, legal.to);
  const { quietFrom, quietTo } = prefs;
  const inQuietHours = quietFrom !== null && quietTo !== null ? within(quietFrom, quietTo) : () => false;
  return Array.from(
    { length: 1440 },
    (_, minute) => inWindow(minute) && inLegalHours(minute) && !inQuietHours(minute),
  );
}

function within(from: string, to: string): (minute: number) => boolean {
  const [start, end] = [minuteOf(from), minuteOf(to)];
  if (start <= end) return (minute) => minute >= start && minute < end;
  return (minute) => minute >= start || minute < end;
}

/** Days with clock changes of all kinds, and the days beside them. */
export const oddDays: [zone: string, date: string][] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  // By half an hour.
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  // By two hours.
  ['Antarctica/Troll', '2026-03-29'],
  ['Antarctica/Troll', '2026-10-25'],
  // From and to midnight.
  ['America/Havana', '2026-03-08'],
  ['America/Havana', '2026-11-01'],
  ['Africa/Cairo', '2026-04-24'],
  ['Africa/Cairo', '2026-10-29'],
  ['America/Santiago', '2026-09-06'],
  ['America/Santiago', '2026-04-04'],
  // One minute after midnight, back into the day before.
  ['America/St_Johns', '2010-11-06'],
  ['America/St_Johns', '2010-11-07'],
  // No such day, and the days beside it.
  ['Pacific/Apia', '2011-12-29'],
  ['Pacific/Apia', '2011-12-30'],
  ['Pacific/Apia', '2011-12-31'],
  // Nothing happens.
  ['Asia/Kolkata', '2026-06-15'],
  ['Pacific/Kiritimati', '2026-01-01'],
  ['Pacific/Honolulu', '2027-12-31'],
];

const minutes = fc.integer({ min: 0, max: 1439 }).map(clock);
const ends = fc.oneof(minutes, fc.constant('24:00'));
const quiet = fc.option(fc.tuple(minutes, ends).filter(([from, to]) => from !== to));

/** Preferences with any window, wrapped or not, in any zone of the odd days; some of them leave no minute. */
export const anyPreferences: fc.Arbitrary<CallPreferences> = fc
  .record({
    callTime: minutes,
    window: fc.tuple(minutes, ends).filter(([from, to]) => from !== to),
    quiet,
    gap: fc.constantFrom('shift', 'skip'),
    overlap: fc.constantFrom('first', 'last'),
    maxAttempts: fc.integer({ min: 1, max: 10 }),
    retryDelays: fc.record(
      {
        'no-answer': fc.option(fc.integer({ min: 0, max: 600 })),
        busy: fc.option(fc.integer({ min: 0, max: 600 })),
        failed: fc.option(fc.integer({ min: 0, max: 600 })),
        voicemail: fc.option(fc.integer({ min: 0, max: 600 })),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ window, quiet, ...rest }) =>
    preferences({
      ...rest,
      windowFrom: window[0],
      windowTo: window[1],
      quietFrom: quiet?.[0] ?? null,
      quietTo: quiet?.[1] ?? null,
    }),
  );

export const anyLegalHours: fc.Arbitrary<LegalHours> = fc.oneof(
  fc.constant(wholeDay),
  fc.constant({ from: '08:00', to: '21:00' }),
  fc.record({ from: minutes, to: ends }).filter(({ from, to }) => from !== to),
);
