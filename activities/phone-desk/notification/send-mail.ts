import { finishNotification, readNotification } from '../../../db/notifications.ts';
import { readCustomer } from '../../../db/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { calendarFile } from './calendar-file.ts';
import { noteOutcome } from './note-outcome.ts';
import { renderMail } from './render.ts';

/**
 * Sends one notification by mail, once. The Message-ID is the notification's: SMTP cannot be asked what
 * became of a mail, so a lost answer ends in front of a person (`EffectUnknown`).
 */
export async function sendMail(deps: Deps, notificationId: string): Promise<void> {
  const about = await readNotification(deps.db, notificationId);
  if (!about) throw failure('NotFound', `notification ${notificationId} does not exist`);
  const customer = await readCustomer(deps.db, deps.vault, about.customer_id);
  if (!customer?.email) {
    await finishNotification(deps.db, notificationId, 'failed', 'no-address', null);
    return;
  }
  const { email, name } = customer;
  const { limits } = await deps.companySettings(about.company_id);
  const { subject, html, text } = await renderMail(about, customer);
  await noteOutcome(deps.db, notificationId, () =>
    deps.effects.once({
      key: `notification:${notificationId}`,
      vendor: 'smtp',
      operation: 'mail.deliver',
      companyId: about.company_id,
      entity: about.appointment_id,
      quota: {
        key: `mail:${customer.id}`,
        permits: limits.mailsPerHourPerCustomer,
        windowMs: 3_600_000,
      },
      lookUp: null,
      classify: deps.mailFailure,
      perform: () =>
        deps.mailer.send({
          messageId: `<notification-${notificationId}@switchboard.example>`,
          to: name ? { name, address: email } : email,
          subject,
          html,
          text,
          ...(about.kind.startsWith('reminder') ? {} : { ics: calendarFile(about, customer) }),
        }),
    }),
  );
}
