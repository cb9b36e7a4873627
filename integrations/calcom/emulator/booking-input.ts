import { isValidPhoneNumber } from 'libphonenumber-js';
import { z } from 'zod';
import { isTimeZone } from '../../../shared/time.ts';

const METADATA_RULE =
  'Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters.';

const metadata = z
  .record(z.string(), z.union([z.string().max(500, METADATA_RULE), z.number(), z.boolean()], METADATA_RULE))
  .refine((entries) => Object.keys(entries).length <= 50, METADATA_RULE)
  .refine((entries) => Object.keys(entries).every((key) => key.length <= 40), METADATA_RULE);

const attendee = z
  .strictObject({
    name: z.string('name must be a string').min(1, 'name should not be empty'),
    email: z.email('Invalid email format').optional(),
    timeZone: z
      .string('timeZone must be a valid IANA time-zone')
      .refine(isTimeZone, 'timeZone must be a valid IANA time-zone'),
    phoneNumber: z
      .string()
      .refine(
        (value) => isValidPhoneNumber(value),
        'Invalid phone number format. Please use international format.',
      )
      .optional(),
    language: z.string().optional(),
  })
  .refine(({ email, phoneNumber }) => email !== undefined || phoneNumber !== undefined, {
    path: ['email'],
    message: 'At least one contact method (email or phone number) must be provided',
  });

const start = z.iso.datetime({
  offset: true,
  local: true,
  error: 'start must be a valid ISO 8601 date string',
});

/** Body of `POST /v2/bookings`; unknown properties are refused. */
export const createBookingSchema = z.strictObject({
  start,
  eventTypeId: z.int('eventTypeId must be an integer number').optional(),
  eventTypeSlug: z.string().optional(),
  username: z.string().optional(),
  teamSlug: z.string().optional(),
  organizationSlug: z.string().optional(),
  attendee,
  guests: z.array(z.email()).default([]),
  meetingUrl: z.url().optional(),
  location: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  metadata: metadata.default({}),
  bookingFieldsResponses: z.record(z.string(), z.unknown()).default({}),
  lengthInMinutes: z.int().positive().optional(),
  routing: z.looseObject({}).optional(),
  emailVerificationCode: z.string().optional(),
  allowConflicts: z.boolean().default(false),
  allowBookingOutOfBounds: z.boolean().default(false),
});

export const cancelBookingSchema = z.strictObject({
  cancellationReason: z.string().optional(),
  cancelSubsequentBookings: z.boolean().optional(),
});

export const rescheduleBookingSchema = z.strictObject({
  start,
  reschedulingReason: z.string().optional(),
  rescheduledBy: z.string().optional(),
  emailVerificationCode: z.string().optional(),
});
