import { z } from 'zod';
import { companySlug, createdRange, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

const status = z.enum(['pending', 'sent', 'skipped', 'failed', 'unknown']);
const kind = z.enum(['confirmation', 'reminder-24h', 'reminder-2h', 'cancellation', 'rescheduled']);
const channel = z.enum(['email', 'sms']);

export const notificationsQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  status: status.optional(),
  kind: kind.optional(),
  channel: channel.optional(),
  appointmentId: z.uuid().optional(),
});

export const notificationSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    customerId: z.uuid(),
    appointmentId: z.uuid(),
    kind,
    channel,
    sequence: z.int().meta({ description: "The appointment's sequence it speaks of; raised by every move." }),
    status: status.meta({ description: 'unknown: it may have left; a person was asked.' }),
    reason: z.string().nullable(),
    vendorRef: z.string().nullable(),
    createdAt: timestamp,
    sentAt: timestamp.nullable(),
  })
  .meta({ id: 'Notification' });

export const notificationPageSchema = pageOf(notificationSchema);
