import type { z } from 'zod';
import { resolveLocal } from '../../shared/time.ts';
import { localDate, localTime, moment } from '../fields.ts';
import type { FieldProblem } from '../problem.ts';

/** A wished start: a moment, or a date and time on the wall clock of the company. */
export const startFields = {
  startsAt: moment.optional().meta({ description: 'Or give `date` and `time`.' }),
  date: localDate.optional().meta({ description: "Local date in the company's zone." }),
  time: localTime
    .optional()
    .meta({ description: "Local time in the company's zone; a repeated one is the first." }),
};

interface Start {
  startsAt?: string | undefined;
  date?: string | undefined;
  time?: string | undefined;
}

/** Exactly one of the two ways to say it. */
export function checkStart(start: Start, context: z.RefinementCtx): void {
  const local = [start.date, start.time].filter((part) => part !== undefined).length;
  if (start.startsAt === undefined ? local === 2 : local === 0) return;
  context.addIssue({
    code: 'custom',
    path: ['startsAt'],
    message: 'give either startsAt, or date and time',
  });
}

/** The moment that is meant, or what is wrong with it. */
export function readStart(start: Start, zone: string, now: Date): Date | FieldProblem {
  const at =
    start.startsAt === undefined
      ? readLocal(start.date ?? '', start.time ?? '', zone)
      : new Date(start.startsAt);
  if (!(at instanceof Date) || at > now) return at;
  return { path: start.startsAt === undefined ? 'date' : 'startsAt', message: 'is in the past' };
}

function readLocal(date: string, time: string, zone: string): Date | FieldProblem {
  const local = resolveLocal(date, time, zone);
  if (local.kind !== 'skipped') return local.at;
  const next = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(local.next);
  return {
    path: 'time',
    message: `${time} does not exist on ${date} in ${zone}, where the clocks change; the next time that does is ${next}`,
  };
}
