import { z } from 'zod';
import { clockTime, minuteOf } from '../../../shared/daily-calls/clock-time.ts';
import type { WorkingHours } from '../../../shared/phone-desk/opening-hours.ts';
import type { FieldProblem } from '../../problem.ts';

const clock = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time as HH:MM, at most 24:00')
  .meta({ example: '09:00' });

const period = z.strictObject({
  weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).meta({ description: '1 Monday … 7 Sunday.' }),
  from: clock,
  to: clock,
});

/** When somebody works, by the clock of their zone. */
export const hoursSchema = z.array(period).min(1).max(50);

export const shownHoursSchema = z.array(
  z.object({ weekdays: z.array(z.int()), from: z.string(), to: z.string() }),
);

type Hours = z.output<typeof period>;

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Hours that end before they begin or overlap; `path` is their field. */
export function hourProblems(hours: Hours[], path: string): FieldProblem[] {
  const byDay = new Map<number, { from: number; to: number; entry: number }[]>();
  return hours.flatMap(({ weekdays, from, to }, entry): FieldProblem[] => {
    const period = { from: minuteOf(from), to: minuteOf(to), entry };
    if (period.from >= period.to) return [{ path: `${path}.${entry}.to`, message: 'must be after `from`' }];
    return weekdays.flatMap((weekday) => {
      const before = byDay.get(weekday) ?? [];
      byDay.set(weekday, [...before, period]);
      const other = before.find((each) => each.from < period.to && period.from < each.to);
      if (!other) return [];
      return [
        {
          path: `${path}.${entry}`,
          message: `overlaps hours.${other.entry} on ${dayNames[weekday - 1]}`,
        },
      ];
    });
  });
}

/** One row for each weekday. */
export const toWorkingHours = (hours: Hours[]): WorkingHours[] =>
  hours.flatMap(({ weekdays, from, to }) =>
    weekdays.map((weekday) => ({ weekday, startMinute: minuteOf(from), endMinute: minuteOf(to) })),
  );

/** Days with the same hours together, as they are sent in. */
export function presentHours(hours: WorkingHours[]): Hours[] {
  const groups = new Map<string, { weekdays: number[]; from: string; to: string }>();
  for (const { weekday, startMinute, endMinute } of hours) {
    const [from, to] = [clockTime(startMinute), clockTime(endMinute)];
    const group = groups.get(`${from}-${to}`) ?? { weekdays: [], from, to };
    group.weekdays.push(weekday);
    groups.set(`${from}-${to}`, group);
  }
  return [...groups.values()];
}
