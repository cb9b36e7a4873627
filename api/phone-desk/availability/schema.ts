import { z } from 'zod';
import { localDate, text, timestamp } from '../../fields.ts';

const MAX_DAYS = 14;

export const availabilityQuery = z.strictObject({
  company: text(100).optional().meta({ description: 'Slug; an operator key has to name the company.' }),
  service: text(100).meta({ description: 'Slug of the service.' }),
  staff: z
    .email()
    .max(200)
    .optional()
    .meta({ description: 'E-mail; without it everyone who offers the service.' }),
  from: localDate.optional().meta({ description: "First day by the company's clock; today by default." }),
  days: z.coerce.number().int().min(1).max(MAX_DAYS).default(7),
});

export const availabilitySchema = z
  .object({
    service: z.string(),
    from: z.string(),
    days: z.int(),
    timeZone: z.string(),
    items: z.array(
      z.object({
        startsAt: timestamp,
        local: z.string().meta({
          description: "By the company's clock.",
          example: '2026-03-28T14:00:00+01:00',
        }),
        staff: z.array(z.string()).meta({ description: 'E-mails of those who are free.' }),
      }),
    ),
    calendarSaidAt: timestamp.nullable().meta({
      description: 'The oldest word of the calendar in this answer. A booking looks again in any case.',
    }),
    complete: z.boolean().meta({
      description: 'false: the calendar could not be asked for all of it; there only our appointments count.',
    }),
  })
  .meta({ id: 'Availability' });

export const availabilityUseQuery = z.strictObject({
  company: text(100).optional(),
  from: localDate.optional().meta({ description: 'UTC day; a week ago by default.' }),
  to: localDate.optional().meta({ description: 'UTC day; today by default.' }),
});

const use = {
  hits: z.int().meta({ description: 'Days of a calendar that were known.' }),
  misses: z.int().meta({ description: 'Days that the calendar had to be asked for.' }),
  hitRate: z.number().nullable().meta({ description: '0..1; null: nothing was asked.' }),
};

export const availabilityUseSchema = z
  .object({ ...use, days: z.array(z.object({ day: z.string(), ...use })) })
  .meta({ id: 'AvailabilityUse' });
