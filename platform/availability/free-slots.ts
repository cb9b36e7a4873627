import type { Db } from '../../db/connect.ts';
import {
  type Candidate,
  readBusy,
  readCandidates,
  type Service,
} from '../../db/phone-desk/availability/availability.ts';
import { freeStarts, type Span } from '../../shared/phone-desk/working-hours.ts';
import { localDate } from '../../shared/time.ts';
import type { CalendarDays } from './calendar-days.ts';

export interface FreeSlot {
  startsAt: Date;
  staffId: string;
}

export interface FreeSlots {
  /** In order of time. */
  slots: FreeSlot[];
  /** The oldest word of the calendar among them; null: it had to say nothing. */
  calendarSaidAt: Date | null;
  /** Days of a staff member of which the calendar could not be asked: there our own appointments decide alone. */
  unasked: number;
}

export interface Availability extends CalendarDays {
  /** Where a service fits within the span: into the hours of those who offer it, our appointments and the calendar. */
  freeSlots(service: Service, staffId: string | null, span: Span): Promise<FreeSlots>;
}

export function createAvailability(db: Db, calendar: CalendarDays): Availability {
  async function slotsOf(service: Service, candidate: Candidate, span: Span) {
    const { staffId, timeZone, eventTypeId } = candidate;
    const busy = await readBusy(db, staffId, span.from, span.to);
    const buffers = { beforeMin: service.bufferBeforeMin, afterMin: service.bufferAfterMin };
    const ours = [...freeStarts(candidate, span, service.durationMin, buffers, busy)];
    const offer = { companyId: service.companyId, staffId, timeZone, eventTypeId };
    const days = ours.length > 0 ? await calendar.read(offer, span) : [];
    const theirs = new Map(
      days.map(({ day, starts }) => [day, starts && new Set(starts.map((at) => at.getTime()))]),
    );
    const slots = ours
      .filter((at) => theirs.get(localDate(at, timeZone))?.has(at.getTime()) ?? true)
      .map((startsAt) => ({ startsAt, staffId }));
    return { slots, days };
  }

  return {
    ...calendar,
    async freeSlots(service, staffId, span) {
      const candidates = await readCandidates(db, service.id, staffId, span.from);
      const found = await Promise.all(candidates.map((candidate) => slotsOf(service, candidate, span)));
      const days = found.flatMap((each) => each.days);
      const said = days.flatMap(({ computedAt }) => (computedAt ? [computedAt.getTime()] : []));
      return {
        slots: found
          .flatMap(({ slots }) => slots)
          .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime() || (a.staffId < b.staffId ? -1 : 1)),
        calendarSaidAt: said.length > 0 ? new Date(Math.min(...said)) : null,
        unasked: days.filter(({ starts }) => starts === null).length,
      };
    },
  };
}
