import { z } from 'zod';
import { companySlug, text, timestamp } from '../../fields.ts';
import { checkStart, startFields } from '../start-moment.ts';

export const bookingQuery = z.strictObject({
  company: text(100).optional().meta({ description: 'Slug; an operator key has to name the company.' }),
});

export const bookingHeaders = z.object({
  'idempotency-key': z.string('is required').min(1).max(200).meta({
    description: 'The same key with the same body gives the same answer and books once, for 24 hours.',
  }),
});

export const bookingBody = z
  .strictObject({
    service: text(100).meta({ description: 'Slug of the service.' }),
    staff: z
      .email()
      .max(200)
      .optional()
      .meta({ description: 'E-mail; without it anyone who offers the service.' }),
    ...startFields,
    customer: z.strictObject({
      phone: z
        .string()
        .max(40)
        .regex(/^\+?[\d\s()./-]+$/, 'must be a phone number')
        .meta({ description: "National numbers are read in the company's country." }),
      name: text(200).optional(),
      email: z.email().max(254).optional(),
    }),
  })
  .superRefine(checkStart)
  .meta({ id: 'NewBooking' });

export type NewBooking = z.output<typeof bookingBody>;

export const acceptedSchema = z
  .object({
    appointmentId: z.uuid(),
    status: z.literal('accepted'),
    links: z.object({ self: z.string(), appointment: z.string() }),
  })
  .meta({ id: 'BookingAccepted' });

export const bookingParams = z.strictObject({ appointmentId: z.uuid('must be a UUID') });

export const bookingSchema = z
  .object({
    appointmentId: z.uuid(),
    company: companySlug,
    customerId: z.uuid(),
    service: z.string(),
    staff: z.string().nullable(),
    startsAt: timestamp,
    status: z
      .enum([
        'accepted',
        'booked',
        'slot-lost',
        'not-available',
        'calendar-refused',
        'calendar-unavailable',
        'invalid',
        'cancelled',
      ])
      .meta({ description: 'accepted while it is under way; every other status is final.' }),
    reason: z.string().nullable(),
    alternatives: z
      .array(z.object({ startsAt: z.string(), staff: z.string().nullable() }))
      .meta({ description: 'Free slots near the wished one; `staff` is an e-mail.' }),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
    links: z.object({ self: z.string(), appointment: z.string() }),
  })
  .meta({ id: 'Booking' });
