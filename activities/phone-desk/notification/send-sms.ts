import { finishNotification, readNotification } from '../../../db/notifications.ts';
import { readCustomer } from '../../../db/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { noteOutcome } from './note-outcome.ts';
import { renderSms } from './render.ts';

/**
 * Sends one notification by SMS, once. Twilio has no idempotency key; a short reference in the text is how
 * a message whose answer got lost is found again.
 */
export async function sendSms(deps: Deps, notificationId: string): Promise<void> {
  const about = await readNotification(deps.db, notificationId);
  if (!about) throw failure('NotFound', `notification ${notificationId} does not exist`);
  const customer = await readCustomer(deps.db, deps.vault, about.customer_id);
  if (!customer?.phoneE164) {
    await finishNotification(deps.db, notificationId, 'failed', 'no-number', null);
    return;
  }
  const to = customer.phoneE164;
  const { limits } = await deps.companySettings(about.company_id);
  const reference = notificationId.replaceAll('-', '').slice(0, 12);
  const body = await renderSms(about, customer, `ref ${reference}`);
  await noteOutcome(deps.db, notificationId, () =>
    deps.effects.once({
      key: `notification:${notificationId}`,
      vendor: 'twilio',
      operation: 'messages.create',
      companyId: about.company_id,
      entity: about.appointment_id,
      quota: { key: `sms:${customer.id}`, permits: limits.smsPerDayPerCustomer, windowMs: 86_400_000 },
      classify: deps.smsFailure,
      lookUp: () => deps.sms.findMessage({ to, reference, sentAfter: about.created_at }),
      perform: () => deps.sms.sendSms({ from: deps.env.TWILIO_FROM_NUMBER, to, body }),
    }),
  );
}
