import type { NotificationRow } from '../../../../db/phone-desk/notification/notification-content.ts';
import { notificationSent } from '../../../../db/phone-desk/notification/notifications.ts';
import type { Customer } from '../../../../db/phone-desk/people.ts';
import type { Deps } from '../../../../platform/deps.ts';
import type { Message, MessageEffect } from '../../../../platform/message-effects.ts';
import type { AppointmentMessage } from '../../../../shared/messages/appointment/values.ts';
import { isReminder } from '../../../../shared/messages/channels.ts';
import { smsReference } from '../../../../shared/messages/sms-reference.ts';

/** A notification and whom it is for. */
export interface Addressed {
  about: NotificationRow;
  customer: Customer;
}

/** One way to reach a customer. Asked only for customers whom nothing keeps from being reached so (`reasonAgainst`). */
export interface ChannelPort {
  /** The message as effect: its key, its quota, and how the provider is asked about it. */
  effect(deps: Deps, addressed: Addressed): Promise<MessageEffect>;
  /** Writes the message, in the company's words or ours; what it returns sends it, in one attempt. */
  prepare(deps: Deps, addressed: Addressed): Promise<() => Promise<object>>;
}

/** The notification as the effect ledger knows it; the same key whatever becomes of its text. */
export const messageOf = ({ about, customer }: Addressed): Message => ({
  id: about.id,
  key: `notification:${about.id}`,
  companyId: about.company_id,
  entity: about.appointment_id,
  recipientId: customer.id,
  createdAt: about.created_at,
  sent: (vendorRef) => notificationSent(about.id, vendorRef),
});

/** What the message may speak of. */
export const speaksOf = ({ links }: Deps, { about, customer }: Addressed): AppointmentMessage => ({
  kind: about.kind,
  name: customer.name,
  locale: customer.locale,
  timeZone: customer.timeZone,
  service: about.service_name,
  staff: about.staff_name,
  company: about.company_name,
  contact: about.company_email,
  startsAt: about.starts_at,
  reference: smsReference(about.id),
  unsubscribeUrl: about.channel === 'email' && isReminder(about.kind) ? links.unsubscribe(customer.id) : null,
});
