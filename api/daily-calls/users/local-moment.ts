import { Temporal as Zoned } from 'temporal-polyfill';

/** A moment by the clock of a zone, with offset and zone: `2026-03-02T20:30:00+01:00[Europe/Berlin]`. */
export function localMoment(at: Date, zone: string): string {
  return Zoned.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(zone)
    .toString({ smallestUnit: 'second' });
}
