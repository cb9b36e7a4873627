import type { CalcomAccount, CalEventType, CalUser, Span } from './account.ts';
import type { CalBooking, CalcomRecords } from './records.ts';
import { contains, overlaps, workSpans } from './schedule.ts';

const MINUTE_MS = 60_000;

interface HostCalendar {
  host: CalUser;
  work: Span[];
  /** Taken times, already widened by all buffers that a meeting of the asked event type must keep. */
  taken: Span[];
}

/** What the hosts of an event type have free within `range`. */
export interface Availability {
  /** Hosts that could take a meeting at `span`, the least booked one first. */
  freeHosts(span: Span): CalUser[];
  /** Whether a meeting at `span` could be booked: one host, or all of a collective event type. */
  isFree(span: Span): boolean;
  work(): Span[];
}

/** Reads calendars once for `range`; `exceptUid` is a booking that is about to move. */
export function readAvailability(
  account: CalcomAccount,
  records: CalcomRecords,
  eventType: CalEventType,
  range: Span,
  exceptUid?: string,
): Availability {
  const before = eventType.beforeEventBuffer * MINUTE_MS;
  const after = eventType.afterEventBuffer * MINUTE_MS;
  // A booking of another event type may keep a longer buffer than ours.
  const theirs = account.eventTypes().map((type) => Math.max(type.beforeEventBuffer, type.afterEventBuffer));
  const margin = Math.max(...theirs) * MINUTE_MS + before + after;
  const wide = { start: range.start - margin, end: range.end + margin };
  const counts = ({ status, uid }: CalBooking) => status === 'accepted' && uid !== exceptUid;
  const near = records.bookings.touching(wide).filter(counts);

  const calendars: HostCalendar[] = account.hostsOf(eventType).map((host) => {
    const schedule = eventType.schedule ?? host.schedule;
    const meetings = near
      .filter(({ hostIds }) => hostIds.includes(host.id))
      .map(({ start, end, eventTypeId }) => {
        const own = account.eventType(eventTypeId);
        return {
          start: start - (own?.beforeEventBuffer ?? 0) * MINUTE_MS - after,
          end: end + (own?.afterEventBuffer ?? 0) * MINUTE_MS + before,
        };
      });
    const away = account.busy(host.id).map(({ start, end }) => ({ start: start - after, end: end + before }));
    return { host, work: schedule ? workSpans(schedule, range) : [], taken: [...meetings, ...away] };
  });

  const free = (span: Span) =>
    calendars.filter(
      ({ work, taken }) =>
        work.some((stretch) => contains(stretch, span)) && !taken.some((other) => overlaps(other, span)),
    );

  return {
    freeHosts: (span) => {
      const hosts = free(span).map(({ host }) => host);
      if (hosts.length < 2) return hosts;
      const load = new Map<number, number>();
      for (const booking of records.bookings.values().filter(counts)) {
        for (const id of booking.hostIds) load.set(id, (load.get(id) ?? 0) + 1);
      }
      return hosts.sort((a, b) => (load.get(a.id) ?? 0) - (load.get(b.id) ?? 0));
    },
    isFree: (span) => {
      const count = free(span).length;
      return eventType.schedulingType === 'collective' ? count > 0 && count === calendars.length : count > 0;
    },
    work: () => calendars.flatMap(({ work }) => work),
  };
}
