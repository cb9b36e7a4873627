import { addDays, atLocalMinute, localDate, weekdayOf } from '../time.ts';

const MINUTE_MS = 60_000;
/** Appointments start on this grid, counted from the start of a working period. */
const GRID_MIN = 15;

/** From one moment up to another. */
export interface Span {
  from: Date;
  to: Date;
}

/** The wall-clock hours that somebody works, by ISO weekday (1 Monday … 7 Sunday), in minutes of the day. */
export interface Worker {
  timeZone: string;
  hours: { weekday: number; startMinute: number; endMinute: number }[];
}

/** The working periods of a local day, as moments; a clock change moves them as it moves the wall clock. */
function periodsOn(date: string, { hours, timeZone }: Worker): Span[] {
  const weekday = weekdayOf(date);
  return hours
    .filter((period) => period.weekday === weekday)
    .map(({ startMinute, endMinute }) => ({
      from: atLocalMinute(date, startMinute, timeZone),
      to: atLocalMinute(date, endMinute, timeZone),
    }));
}

/** Whether the whole appointment lies in one working period of the staff member. */
export function worksDuring(worker: Worker, startsAt: Date, endsAt: Date): boolean {
  const periods = periodsOn(localDate(startsAt, worker.timeZone), worker);
  return periods.some(({ from, to }) => from <= startsAt && endsAt <= to);
}

/** Starts on the grid at which an appointment fits into the working hours and between what is busy. */
export function* freeStarts(
  worker: Worker,
  window: Span,
  durationMin: number,
  buffers: { beforeMin: number; afterMin: number },
  busy: Span[],
): Generator<Date> {
  const lastDay = localDate(window.to, worker.timeZone);
  for (let day = localDate(window.from, worker.timeZone); day <= lastDay; day = addDays(day, 1)) {
    for (const period of periodsOn(day, worker)) {
      const lastStart = period.to.getTime() - durationMin * MINUTE_MS;
      for (let start = period.from.getTime(); start <= lastStart; start += GRID_MIN * MINUTE_MS) {
        if (start < window.from.getTime() || start > window.to.getTime()) continue;
        const from = start - buffers.beforeMin * MINUTE_MS;
        const to = start + (durationMin + buffers.afterMin) * MINUTE_MS;
        const free = busy.every((taken) => taken.to.getTime() <= from || to <= taken.from.getTime());
        if (free) yield new Date(start);
      }
    }
  }
}
