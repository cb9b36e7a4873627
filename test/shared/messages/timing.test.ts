import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channels, notificationKinds } from '../../../shared/messages/channels.ts';
import { endOfQuiet, type QuietHours, readQuietHours } from '../../../shared/messages/quiet-hours.ts';
import { saysWrongFrom, timingOf } from '../../../shared/messages/timing.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Half-hour changes, midnight changes, a day left out, changes at noon's antipode. */
const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'America/Havana',
  'Asia/Beirut',
  'Pacific/Chatham',
  'Asia/Kolkata',
  'Atlantic/Azores',
];

const clockTime = fc
  .integer({ min: 0, max: 1_439 })
  .map((minute) => new Date(minute * MINUTE_MS).toISOString().slice(11, 16));
const quietHours = fc.record({ from: clockTime, to: clockTime }).filter(({ from, to }) => from !== to);
/** Around the clock changes of 2027, to the minute. */
const moment = fc
  .record({
    day: fc.constantFrom(
      '2027-03-14',
      '2027-03-28',
      '2027-04-04',
      '2027-04-30',
      '2027-10-03',
      '2027-10-29',
      '2027-10-31',
      '2027-11-07',
      '2027-07-01',
    ),
    minutes: fc.integer({ min: -2_000, max: 2_000 }),
  })
  .map(({ day, minutes }) => new Date(Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE_MS));

const clocks = new Map<string, Intl.DateTimeFormat>();
/** What a clock on the wall shows, by the runtime's own tables. */
function wallClock(zone: string, at: Date): string {
  const format =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  clocks.set(zone, format);
  return format.format(at);
}

function isQuiet({ from, to }: QuietHours, zone: string, at: Date): boolean {
  const now = wallClock(zone, at);
  return from < to ? now >= from && now < to : now >= from || now < to;
}

describe('the end of quiet hours', () => {
  it('is the first minute that no clock on the wall calls quiet, through every clock change', () => {
    fc.assert(
      fc.property(quietHours, fc.constantFrom(...zones), moment, (quiet, zone, at) => {
        const end = endOfQuiet(quiet, zone, at);
        expect(isQuiet(quiet, zone, end)).toBe(false);
        // Not a minute later than need be.
        for (let ms = at.getTime(); ms < end.getTime(); ms += MINUTE_MS) {
          if (!isQuiet(quiet, zone, new Date(ms))) expect.fail(`${new Date(ms).toISOString()} is not quiet`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is stated by hand for the nights in which clocks change', () => {
    const night = { from: '22:00', to: '02:30' };
    // 02:30 does not exist: the clock goes from 02:00 to 03:00.
    expect(endOfQuiet(night, 'Europe/Berlin', new Date('2027-03-28T00:10:00Z'))).toEqual(
      new Date('2027-03-28T01:00:00Z'),
    );
    // 02:30 comes twice: the first one ends it, from the second 02:00 on it is quiet again.
    expect(endOfQuiet(night, 'Europe/Berlin', new Date('2027-10-31T00:10:00Z'))).toEqual(
      new Date('2027-10-31T00:30:00Z'),
    );
    expect(endOfQuiet(night, 'Europe/Berlin', new Date('2027-10-31T01:10:00Z'))).toEqual(
      new Date('2027-10-31T01:30:00Z'),
    );
  });

  it('is now, where there are none', () => {
    expect(readQuietHours(null)).toBeNull();
    expect(readQuietHours('none')).toBeNull();
    expect(readQuietHours('22:00-07:00')).toEqual({ from: '22:00', to: '07:00' });
  });
});

describe('a message', () => {
  const message = fc.record({
    kind: fc.constantFrom(...notificationKinds),
    channel: fc.constantFrom(...channels),
    timeZone: fc.constantFrom(...zones),
    quiet: fc.option(quietHours),
    now: moment,
    leadMinutes: fc.integer({ min: -120, max: 3_000 }),
  });

  it('is never sent when it says the wrong thing, nor noisily in quiet hours unless it could not be acted on', () => {
    fc.assert(
      fc.property(message, ({ now, leadMinutes, ...rest }) => {
        const startsAt = new Date(now.getTime() + leadMinutes * MINUTE_MS);
        const about = { ...rest, startsAt, endsAt: new Date(startsAt.getTime() + HOUR_MS) };
        const { kind, channel, quiet, timeZone } = about;
        const timing = timingOf(now, about);
        const wrongFrom = saysWrongFrom(about);
        const reminder = kind.startsWith('reminder');
        if (timing.send === 'never') {
          const reason = now >= wrongFrom ? 'too-late' : 'quiet-hours';
          expect(timing.reason).toBe(reason);
          if (reason === 'quiet-hours') {
            expect(reminder && channel !== 'email').toBe(true);
            expect(endOfQuiet(quiet!, timeZone, now).getTime()).toBeGreaterThanOrEqual(wrongFrom.getTime());
          }
          return;
        }
        const at = timing.send === 'now' ? now : timing.at;
        expect(at.getTime()).toBeLessThan(wrongFrom.getTime());
        if (timing.send === 'later') expect(at.getTime()).toBeGreaterThan(now.getTime());
        if (channel === 'email') expect(timing.send).toBe('now');
        else if (quiet && isQuiet(quiet, timeZone, at)) {
          expect(reminder).toBe(false);
          expect(endOfQuiet(quiet, timeZone, now).getTime()).toBeGreaterThan(
            startsAt.getTime() - 2 * HOUR_MS,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });

  const quiet = { from: '22:00', to: '07:00' };
  const berlin = (text: string) => new Date(`${text}:00+01:00`);
  it.each([
    ['reminder-2h', '2027-01-12T06:00', '2027-01-12T08:00', '2027-01-12T07:00'],
    ['reminder-2h', '2027-01-12T05:15', '2027-01-12T07:15', 'quiet-hours'],
    ['reminder-24h', '2027-01-11T06:30', '2027-01-12T06:30', '2027-01-11T07:00'],
    ['reminder-24h', '2027-01-11T23:00', '2027-01-12T23:00', 'quiet-hours'],
    ['reminder-24h', '2027-01-12T09:00', '2027-01-12T23:00', 'too-late'],
    ['confirmation', '2027-01-11T23:00', '2027-01-15T10:00', '2027-01-12T07:00'],
    ['cancellation', '2027-01-11T23:00', '2027-01-12T08:00', 'now'],
    ['rescheduled', '2027-01-11T15:00', '2027-01-12T08:00', 'now'],
  ] as const)('%s at %s for %s: %s', (kind, now, startsAt, expected) => {
    const starts = berlin(startsAt);
    const timing = timingOf(berlin(now), {
      kind,
      channel: 'sms',
      startsAt: starts,
      endsAt: new Date(starts.getTime() + HOUR_MS),
      timeZone: 'Europe/Berlin',
      quiet,
    });
    if (expected === 'now') expect(timing).toEqual({ send: 'now' });
    else if (expected.startsWith('2027')) expect(timing).toEqual({ send: 'later', at: berlin(expected) });
    else expect(timing).toEqual({ send: 'never', reason: expected });
  });
});
