import { z } from 'zod';
import { channels, notificationKinds } from '../../../shared/messages/channels.ts';
import { deliveries } from '../../../shared/messages/delivery.ts';
import { companySlug, createdRange, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

const status = z.enum(['pending', 'sent', 'skipped', 'failed', 'unknown']);
const kind = z.enum(notificationKinds);
const channel = z.enum(channels);

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
    switchedFrom: z
      .uuid()
      .nullable()
      .meta({ description: 'The notification that could not arrive on its own channel.' }),
    heldUntil: timestamp.nullable().meta({ description: 'Quiet hours hold it until then.' }),
    delivery: z
      .enum(deliveries)
      .nullable()
      .meta({ description: 'What the provider has reported since it took the message.' }),
    deliveryAt: timestamp.nullable(),
    deliveryCode: z.string().nullable().meta({ description: 'The error of the provider.' }),
    createdAt: timestamp,
    sentAt: timestamp.nullable(),
  })
  .meta({ id: 'Notification' });

export const notificationPageSchema = pageOf(notificationSchema);
