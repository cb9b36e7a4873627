import type { Db } from '../../db/connect.ts';
import {
  type CachedDay,
  keepDays,
  readCachedDays,
} from '../../db/phone-desk/availability/availability-cache.ts';
import { countAvailabilityUse } from '../../db/phone-desk/availability/availability-use.ts';
import { calcomQuota } from '../../shared/calcom-quota.ts';
import type { VendorFailure } from '../../shared/failures.ts';
import type { Span } from '../../shared/phone-desk/working-hours.ts';
import { addDays, atLocalMinute, localDate } from '../../shared/time.ts';
import type { CompanySettings } from '../company-settings.ts';
import type { VendorReads } from '../vendor-reads.ts';

const MINUTE_MS = 60_000;
/** Inventory A: what was asked holds six hours, unless something changes before. */
export const AVAILABILITY_LIFE_MS = 6 * 60 * MINUTE_MS;

/** One event type of a company's calendar, as one staff member offers it. */
export interface CalendarOffer {
  companyId: string;
  staffId: string;
  /** Its days are the staff member's. */
  timeZone: string;
  eventTypeId: number;
}

/** What the calendar says of one local day; `starts` null: it could not be asked. */
export interface CalendarDay {
  day: string;
  starts: Date[] | null;
  /** When the calendar said so. */
  computedAt: Date | null;
}

export interface CalendarDays {
  /** Every local day that the span touches: what is known, the rest asked for. Never throws. */
  read(offer: CalendarOffer, span: Span): Promise<CalendarDay[]>;
  /**
   * Asks for the days of the span whose answer will not hold for another `holdMs`. Returns how many were asked for.
   * Throws catalogued failures.
   */
  renew(offer: CalendarOffer, span: Span, holdMs: number): Promise<number>;
}

export interface CalendarDaysParts {
  db: Db;
  reads: VendorReads;
  calcom(companyId: string): Promise<{
    /** Free starts between two moments, ISO 8601 UTC. */
    freeStarts(query: { eventTypeId: number; start: string; end: string }): Promise<string[]>;
  }>;
  calcomFailure(error: unknown): VendorFailure;
  companySettings(companyId: string): Promise<CompanySettings>;
  clock(): Date;
  /** Told why the calendar could not be asked. */
  unreachable(offer: CalendarOffer, error: unknown): void;
}

/** The calendar's free starts by local day, kept for a while. Only booking tells whether a start is still free. */
export function createCalendarDays(parts: CalendarDaysParts): CalendarDays {
  const { db } = parts;

  async function ask(offer: CalendarOffer, missing: string[], generation: string): Promise<CachedDay[]> {
    const calcom = await parts.calcom(offer.companyId);
    const { limits } = await parts.companySettings(offer.companyId);
    const [first, last] = [missing[0]!, missing.at(-1)!];
    const from = atLocalMinute(first, 0, offer.timeZone);
    const to = atLocalMinute(addDays(last, 1), 0, offer.timeZone);
    const starts = await parts.reads.read({
      vendor: 'calcom',
      operation: 'slots.list',
      companyId: offer.companyId,
      entity: offer.staffId,
      quota: calcomQuota(offer.companyId, limits),
      classify: parts.calcomFailure,
      ask: () =>
        calcom.freeStarts({
          eventTypeId: offer.eventTypeId,
          start: from.toISOString(),
          end: new Date(to.getTime() - 1).toISOString(),
        }),
    });
    const byDay = new Map<string, Date[]>();
    for (let day = first; day <= last; day = addDays(day, 1)) byDay.set(day, []);
    for (const start of starts) {
      const at = new Date(start);
      byDay.get(localDate(at, offer.timeZone))?.push(at);
    }
    const days = [...byDay].map(([day, found]) => ({ day, starts: found }));
    await keepDays(db, offer, generation, days, AVAILABILITY_LIFE_MS);
    const computedAt = parts.clock();
    const expiresAt = new Date(computedAt.getTime() + AVAILABILITY_LIFE_MS);
    return days.map((each) => ({ ...each, computedAt, expiresAt }));
  }

  return {
    async read(offer, span) {
      const days = daysOf(span, offer.timeZone);
      const { generation, cached } = await readCachedDays(db, offer, days);
      const known = new Map<string, CachedDay>(cached.map((each) => [each.day, each]));
      const missing = days.filter((day) => !known.has(day));
      await countAvailabilityUse(db, offer.companyId, { hits: known.size, misses: missing.length });
      if (missing.length > 0) {
        try {
          for (const each of await ask(offer, missing, generation)) known.set(each.day, each);
        } catch (error) {
          parts.unreachable(offer, error);
        }
      }
      return days.map((day) => {
        const { starts = null, computedAt = null } = known.get(day) ?? {};
        return { day, starts, computedAt };
      });
    },
    async renew(offer, span, holdMs) {
      const days = daysOf(span, offer.timeZone);
      const { generation, cached } = await readCachedDays(db, offer, days);
      const until = parts.clock().getTime() + holdMs;
      const holding = new Set(
        cached.filter(({ expiresAt }) => expiresAt.getTime() >= until).map(({ day }) => day),
      );
      const due = days.filter((day) => !holding.has(day));
      if (due.length > 0) await ask(offer, due, generation);
      return due.length;
    },
  };
}

/** The local days that a span touches, in order. */
function daysOf({ from, to }: Span, timeZone: string): string[] {
  const days: string[] = [];
  const last = localDate(to, timeZone);
  for (let day = localDate(from, timeZone); day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}
