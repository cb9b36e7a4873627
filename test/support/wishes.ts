import { addDays, localDate, weekdayOf } from '../../shared/time.ts';

/** A local day at least `daysAhead` from now on which the first seed company works in full. */
export function workingDay(daysAhead = 3, zone = 'Europe/Berlin'): string {
  let day = addDays(localDate(new Date(), zone), daysAhead);
  while (![3, 4, 5].includes(weekdayOf(day))) day = addDays(day, 1);
  return day;
}
