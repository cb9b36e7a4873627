import { Temporal as Zoned } from 'temporal-polyfill';
import { z } from 'zod';
import { isTimeZone } from '../../../shared/time.ts';
import type { CalcomAccount, CalEventType, Span } from './account.ts';
import { readAvailability } from './availability.ts';
import { CalcomRefusal } from './errors.ts';
import type { CalcomRecords } from './records.ts';
import { overlaps } from './schedule.ts';

const MINUTE_MS = 60_000;
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

/** Query of `GET /v2/slots`. */
export const slotsQuerySchema = z.object({
  start: moment,
  end: moment,
  eventTypeId: z.coerce.number().int().optional(),
  eventTypeSlug: z.string().optional(),
  username: z.string().optional(),
  teamSlug: z.string().optional(),
  timeZone: z.string().refine(isTimeZone, 'timeZone must be a valid IANA time-zone').default('UTC'),
  duration: z.coerce.number().int().positive().optional(),
  format: z.enum(['time', 'range']).default('time'),
  bookingUidToReschedule: z.string().optional(),
});

/** Milliseconds of an ISO moment; without an offset it is UTC, and a bare date takes `timeOfDay`. */
export function parseUtc(text: string, timeOfDay = '00:00:00'): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(`${text}T${timeOfDay}Z`);
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
}

/** The way the vendor writes times: milliseconds, and the offset of the asked zone (`Z` for UTC). */
export function isoInZone(at: number, timeZone: string): string {
  if (timeZone === 'UTC') return new Date(at).toISOString();
  return Zoned.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
}

/** Finds the event type by id, by owner and slug, or by team and slug. */
export function findEventType(
  account: CalcomAccount,
  by: { eventTypeId?: number; eventTypeSlug?: string; username?: string; teamSlug?: string },
): CalEventType | undefined {
  if (by.eventTypeId !== undefined) return account.eventType(by.eventTypeId);
  if (by.eventTypeSlug === undefined) return undefined;
  const owner = by.username === undefined ? undefined : account.userByName(by.username);
  return account
    .eventTypes()
    .find(
      ({ slug, ownerId, teamSlug }) =>
        slug === by.eventTypeSlug &&
        (owner ? ownerId === owner.id : by.teamSlug !== undefined && teamSlug === by.teamSlug),
    );
}

/** The free slots by local day; days without any are absent. */
export function listSlots(
  account: CalcomAccount,
  records: CalcomRecords,
  query: z.output<typeof slotsQuerySchema>,
): Record<string, { start: string; end?: string }[]> {
  const range = { start: parseUtc(query.start), end: parseUtc(query.end, '23:59:59') };
  if (!(range.start <= range.end)) {
    throw new CalcomRefusal(400, "Invalid time range given - check the 'start' and 'end' query parameters.");
  }
  const by = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  const eventType = findEventType(account, by);
  if (!eventType) {
    const name = query.eventTypeId === undefined ? `slug ${query.eventTypeSlug}` : `ID=${query.eventTypeId}`;
    throw new CalcomRefusal(404, `Event Type with ${name} not found`);
  }
  const minutes = meetingLength(eventType, 'duration', query.duration);
  const days: Record<string, { start: string; end?: string }[]> = {};
  for (const { start, end } of freeSpans(account, records, eventType, range, minutes, query)) {
    const text = isoInZone(start, query.timeZone);
    const day = text.slice(0, 10);
    days[day] ??= [];
    days[day].push({
      start: text,
      ...(query.format === 'range' && { end: isoInZone(end, query.timeZone) }),
    });
  }
  return days;
}

/**
 * The asked length in minutes. An event type with one length refuses the parameter, even when it names that
 * very length.
 */
export function meetingLength(eventType: CalEventType, parameter: string, asked: number | undefined): number {
  if (asked === undefined) return eventType.lengthInMinutes;
  const options = eventType.lengthInMinutesOptions ?? [];
  if (options.includes(asked)) return asked;
  throw new CalcomRefusal(
    400,
    options.length === 0
      ? `You passed '${parameter}' but this event type is not a variable length event type.`
      : `Provided '${parameter}' is not one of the possible lengths for the event type. The possible lengths for this variable length event type are: ${options.join(', ')}`,
  );
}

function freeSpans(
  account: CalcomAccount,
  records: CalcomRecords,
  eventType: CalEventType,
  range: Span,
  minutes: number,
  { bookingUidToReschedule }: { bookingUidToReschedule?: string | undefined },
): Span[] {
  const now = Date.now();
  const earliest = Math.max(range.start, now + eventType.minimumBookingNotice * MINUTE_MS);
  const searched = { start: range.start, end: range.end + minutes * MINUTE_MS };
  const calendar = readAvailability(account, records, eventType, searched, bookingUidToReschedule);
  const hostIds = account.hostsOf(eventType).map(({ id }) => id);
  const reserved = records.reservations(searched, now).filter(({ userId }) => hostIds.includes(userId));
  const stepMs = (eventType.slotInterval ?? minutes) * MINUTE_MS;
  const found = new Map<number, Span>();
  for (const work of calendar.work()) {
    for (let start = work.start; start + minutes * MINUTE_MS <= work.end; start += stepMs) {
      const slot = { start, end: start + minutes * MINUTE_MS };
      if (start < earliest || start > range.end || found.has(start)) continue;
      if (reserved.some((other) => overlaps(other, slot)) || !calendar.isFree(slot)) continue;
      found.set(start, slot);
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}
