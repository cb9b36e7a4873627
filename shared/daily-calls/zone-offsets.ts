import { Temporal as Zoned } from 'temporal-polyfill';

/** A time in which the clocks of a zone keep one distance to UTC; `toMs` is exclusive. */
export interface OffsetPeriod {
  fromMs: number;
  toMs: number;
  /** Local time minus UTC. */
  offsetMs: number;
}

const DAY_MS = 86_400_000;
/** Years are cut out with this margin, so that every local day lies within the periods of its own year. */
const MARGIN_MS = 2 * DAY_MS;
/** More spellings than there are zones means that somebody sends made-up ones. */
const MAX_ZONES = 1_000;

/** Looking up an offset in the time zone tables takes ~10 µs, in here well under one: facts, kept. */
const known = new Map<string, Map<number, OffsetPeriod[]>>();

/**
 * The offset periods of a zone around a calendar year, two days of margin on each side, in order and without
 * holes. Throws `RangeError` for an unknown zone.
 */
export function offsetPeriods(zone: string, year: number): OffsetPeriod[] {
  let years = known.get(zone);
  let periods = years?.get(year);
  if (periods) return periods;
  periods = findPeriods(zone, year);
  if (!years) {
    if (known.size >= MAX_ZONES) known.clear();
    years = new Map();
    known.set(zone, years);
  }
  years.set(year, periods);
  return periods;
}

/** Local time minus UTC at a moment, in milliseconds. Throws `RangeError` for an unknown zone. */
export function offsetMsAt(zone: string, atMs: number): number {
  const periods = offsetPeriods(zone, new Date(atMs).getUTCFullYear());
  for (const period of periods) if (atMs < period.toMs) return period.offsetMs;
  throw new RangeError(`Not a moment: ${atMs}`);
}

function findPeriods(zone: string, year: number): OffsetPeriod[] {
  const endMs = Date.UTC(year + 1, 0, 1) + MARGIN_MS;
  let fromMs = Date.UTC(year, 0, 1) - MARGIN_MS;
  let zoned = Zoned.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone);
  const periods: OffsetPeriod[] = [];
  for (;;) {
    const offsetMs = zoned.offsetNanoseconds / 1_000_000;
    const next = zoned.getTimeZoneTransition('next');
    const toMs = Math.min(next?.epochMilliseconds ?? endMs, endMs);
    periods.push({ fromMs, toMs, offsetMs });
    if (next === null || toMs === endMs) return periods;
    zoned = next;
    fromMs = toMs;
  }
}
