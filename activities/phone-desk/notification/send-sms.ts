import { failNotification, readNotification } from '../../../db/phone-desk/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { noteFailure } from '../../../shared/messages/note-failure.ts';
import { smsReference } from '../../../shared/messages/sms-reference.ts';
import { smsEffect } from './message-effects.ts';
import { renderSms } from './render.ts';

/** Sends one notification by SMS, once; the text carries our reference. */
export async function sendSms(deps: Deps, notificationId: string): Promise<void> {
  const about = await readNotification(deps.db, deps.vault, notificationId);
  if (!about) throw failure('NotFound', `notification ${notificationId} does not exist`);
  const { customer } = about;
  const fail = failNotification.bind(null, deps.db, notificationId);
  if (!customer?.phoneE164) {
    await fail('failed', 'no-number');
    return;
  }
  const to = customer.phoneE164;
  const body = await renderSms(about, customer, `ref ${smsReference(notificationId)}`);
  const effect = await smsEffect(deps, about, { ...customer, phoneE164: to });
  await noteFailure(fail, () =>
    deps.effects.once({
      ...effect,
      perform: () => deps.sms.sendSms({ from: deps.env.TWILIO_FROM_NUMBER, to, body }),
    }),
  );
}
