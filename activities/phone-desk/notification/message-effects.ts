import { type NotificationRow, notificationSent } from '../../../db/phone-desk/notifications.ts';
import type { Customer } from '../../../db/phone-desk/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { MessageEffect } from '../../../platform/message-effects.ts';

const messageOf = (about: NotificationRow, customer: Customer) => ({
  id: about.id,
  key: `notification:${about.id}`,
  companyId: about.company_id,
  entity: about.appointment_id,
  recipientId: customer.id,
  createdAt: about.created_at,
  sent: (vendorRef: string | null) => notificationSent(about.id, vendorRef),
});

export const mailEffect = (deps: Deps, about: NotificationRow, customer: Customer): Promise<MessageEffect> =>
  deps.messages.mail(messageOf(about, customer));

export const smsEffect = (
  deps: Deps,
  about: NotificationRow,
  customer: Customer & { phoneE164: string },
): Promise<MessageEffect> => deps.messages.sms(messageOf(about, customer), customer.phoneE164);
