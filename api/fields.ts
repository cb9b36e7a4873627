import { z } from 'zod';
import { isTimeZone } from '../shared/time.ts';

/** Free text for PostgreSQL, which takes no NUL character. */
export const text = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((value) => !value.includes('\0'), 'must not contain a NUL character');

/** A moment with its offset, e.g. `2026-03-28T14:00:00+01:00`. */
export const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with offset' });

/** A moment in a query string, as a `Date`. */
export const momentParameter = moment.transform((value) => new Date(value)).optional();

export const localDate = z.iso.date('must be a date as YYYY-MM-DD');
export const localTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time as HH:MM')
  .meta({ example: '14:30' });

/** Path parameters of things with a UUID. */
export const idParams = z.strictObject({ id: z.uuid('must be a UUID') });

/** Path parameters of what belongs to one company. */
export const companyParams = z.strictObject({
  slug: text(100).meta({ description: 'Slug of the company.' }),
});

/** A moment as it leaves: UTC, milliseconds. */
export const timestamp = z.date().meta({ format: 'date-time' });

export const timeZone = z.string().refine(isTimeZone).meta({ example: 'Europe/Berlin' });

/** Parts of the creation time. */
export const createdRange = { createdFrom: momentParameter, createdBefore: momentParameter };

/** Slug of a company, or null for what belongs to none. */
export const companySlug = z.string().meta({ description: 'Slug of the company.', example: 'salon-linde' });

/** The company that a request writes to. */
export const companyQuery = z.strictObject({
  company: text(100).optional().meta({ description: 'Slug; an operator key has to name the company.' }),
});
