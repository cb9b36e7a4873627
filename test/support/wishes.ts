import { addDays, localDate, resolveLocal, weekdayOf } from '../../shared/time.ts';

const ZONE = 'Europe/Berlin';

/** The n-th local day (0: the first), at least three days from now, on which all three of the salon's staff work. */
export function workingDay(index = 0, daysAhead = 3): string {
  let day = addDays(localDate(new Date(), ZONE), daysAhead);
  for (let found = 0; ; day = addDays(day, 1)) {
    if (![3, 4, 5].includes(weekdayOf(day))) continue;
    if (found === index) return day;
    found += 1;
  }
}

/** A local time in Berlin as a moment. */
export function berlin(date: string, time: string): Date {
  const moment = resolveLocal(date, time, ZONE);
  if (moment.kind !== 'exact') throw new Error(`${date} ${time} is not one moment in ${ZONE}`);
  return moment.at;
}

let callers = 900;

/** A mobile number that no other test of this file calls from. */
export function newCaller(): string {
  callers += 1;
  return `+4915123450${callers}`;
}

/** A complete wish for a haircut, as the provider's analysis states it. */
export function haircut(date: string, time: string, more: Record<string, unknown> = {}) {
  return {
    service: 'haircut',
    date,
    time,
    customer_name: 'Lena Hoffmann',
    customer_email: 'lena.hoffmann@example.com',
    ...more,
  };
}
