import { Temporal as Zoned } from 'temporal-polyfill';

/** What a wall-clock time means in a zone; a clock change makes some times twice and some never. */
export type LocalMoment =
  | { kind: 'exact'; at: Date }
  | { kind: 'repeated'; at: Date; later: Date }
  | { kind: 'skipped'; next: Date };

/**
 * Whether the runtime knows this IANA zone. A bare distance to UTC is none: it knows no summer time, formats refuse it,
 * and the database reads it the other way round.
 */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    Zoned.Now.zonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

const toDate = (zoned: { epochMilliseconds: number }) => new Date(zoned.epochMilliseconds);

/**
 * Resolves a local date `YYYY-MM-DD` and time `HH:MM` in a zone. Throws `RangeError` for a date or time
 * that no calendar has (30 February, 25:00).
 */
export function resolveLocal(date: string, time: string, zone: string): LocalMoment {
  const plain = Zoned.PlainDate.from(date, { overflow: 'reject' }).toPlainDateTime(
    Zoned.PlainTime.from(time),
  );
  const earlier = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = plain.toZonedDateTime(zone, { disambiguation: 'later' });
  if (earlier.epochNanoseconds === later.epochNanoseconds) return { kind: 'exact', at: toDate(earlier) };
  if (later.toPlainDateTime().equals(plain))
    return { kind: 'repeated', at: toDate(earlier), later: toDate(later) };
  return { kind: 'skipped', next: toDate(later) };
}

/** The local calendar day of a moment, `YYYY-MM-DD`. */
export function localDate(at: Date, zone: string): string {
  return zonedAt(at, zone).toPlainDate().toString();
}

/** The moment `minutes` after local midnight of a local day; minute 1440 is the next midnight. */
export function atLocalMinute(date: string, minutes: number, zone: string): Date {
  const day = Zoned.PlainDate.from(date);
  const plain = day.toPlainDateTime().add({ minutes });
  return toDate(plain.toZonedDateTime(zone, { disambiguation: 'compatible' }));
}

/** A moment by the clock of a zone, with its offset: `2026-03-28T14:00:00+01:00`. */
export function isoAt(at: Date, zone: string): string {
  return zonedAt(at, zone).toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

/** ISO weekday (1 Monday … 7 Sunday) of a local day. */
export function weekdayOf(date: string): number {
  return Zoned.PlainDate.from(date).dayOfWeek;
}

/** The local day `days` after another. */
export function addDays(date: string, days: number): string {
  return Zoned.PlainDate.from(date).add({ days }).toString();
}

/** Calendar hours before a moment as a person counts them: 24 h before 10:00 is 10:00 the day before. */
export function localHoursBefore(at: Date, hours: number, zone: string): Date {
  const zoned = zonedAt(at, zone);
  const before = hours % 24 === 0 ? zoned.subtract({ days: hours / 24 }) : zoned.subtract({ hours });
  return toDate(before);
}

function zonedAt(at: Date, zone: string) {
  return Zoned.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
}
