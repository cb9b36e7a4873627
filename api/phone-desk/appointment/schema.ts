import { z } from 'zod';
import { companySlug, createdRange, momentParameter, text, timestamp, timeZone } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';
import { notificationSchema } from '../notification/schema.ts';
import { checkStart, startFields } from '../start-moment.ts';

const status = z.enum(['held', 'booked', 'released', 'cancelled', 'completed']);

export const appointmentsQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  status: status.optional(),
  customerId: z.uuid().optional(),
  staffId: z.uuid().optional(),
  startsFrom: momentParameter,
  startsBefore: momentParameter,
});

export const appointmentSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    customerId: z.uuid(),
    staffId: z.uuid(),
    staffName: z.string(),
    service: z.string(),
    serviceName: z.string(),
    callId: z.uuid().nullable(),
    source: z.enum(['call', 'api', 'calcom']),
    status: status.meta({ description: 'held: the booking is under way; released: it came to nothing.' }),
    statusReason: z.string().nullable(),
    startsAt: timestamp,
    endsAt: timestamp,
    timeZone,
    sequence: z.int().meta({ description: 'Raised by every move.' }),
    calcomBookingUid: z.string().nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Appointment' });

export const appointmentRequestSchema = z
  .object({
    id: z.uuid(),
    appointmentId: z.uuid(),
    kind: z.enum(['cancel', 'reschedule']),
    startsAt: timestamp.nullable(),
    reason: z.string().nullable(),
    status: z.enum(['accepted', 'done', 'refused']),
    refusal: z.string().nullable(),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: 'AppointmentRequest', description: 'Something that was asked for an appointment.' });

export const appointmentDetailSchema = z
  .object({
    ...appointmentSchema.shape,
    requests: z.array(appointmentRequestSchema),
    notifications: z.array(notificationSchema),
  })
  .meta({ id: 'AppointmentDetail' });

export const appointmentPageSchema = pageOf(appointmentSchema);

export const cancelBody = z
  .strictObject({ reason: text(500).optional() })
  .default({})
  .meta({ id: 'Cancellation' });

export const rescheduleBody = z
  .strictObject({ ...startFields, reason: text(500).optional() })
  .superRefine(checkStart)
  .meta({ id: 'Reschedule' });
