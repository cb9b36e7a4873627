import type { NotificationRow } from '../../../db/notifications.ts';
import type { Customer } from '../../../db/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Effect } from '../../../platform/effects.ts';

const HOUR_MS = 3_600_000;

/** What sending a message and giving it up share. */
export type MessageEffect = Omit<Effect<object>, 'perform'>;

/** SMTP cannot be asked what became of a mail: a lost answer ends in front of a person (`EffectUnknown`). */
export async function mailEffect(
  deps: Deps,
  about: NotificationRow,
  customer: Customer,
): Promise<MessageEffect> {
  const { limits } = await deps.companySettings(about.company_id);
  return {
    key: `notification:${about.id}`,
    vendor: 'smtp',
    operation: 'mail.deliver',
    companyId: about.company_id,
    entity: about.appointment_id,
    quota: { key: `mail:${customer.id}`, permits: limits.mailsPerHourPerCustomer, windowMs: HOUR_MS },
    lookUp: null,
    classify: deps.mailFailure,
  };
}

/** The short reference in the text of an SMS by which a message whose answer got lost is found again. */
export const smsReference = (notificationId: string) => notificationId.replaceAll('-', '').slice(0, 12);

/** Twilio has no idempotency key; what it has sent to a number can be listed. */
export async function smsEffect(
  deps: Deps,
  about: NotificationRow,
  customer: Customer & { phoneE164: string },
): Promise<MessageEffect> {
  const { limits } = await deps.companySettings(about.company_id);
  const [to, reference] = [customer.phoneE164, smsReference(about.id)];
  return {
    key: `notification:${about.id}`,
    vendor: 'twilio',
    operation: 'messages.create',
    companyId: about.company_id,
    entity: about.appointment_id,
    quota: { key: `sms:${customer.id}`, permits: limits.smsPerDayPerCustomer, windowMs: 24 * HOUR_MS },
    lookUp: () => deps.sms.findMessage({ to, reference, sentAfter: about.created_at }),
    classify: deps.smsFailure,
  };
}
