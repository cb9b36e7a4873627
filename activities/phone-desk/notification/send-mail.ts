import { failNotification, readNotification } from '../../../db/phone-desk/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { noteFailure } from '../../../shared/messages/note-failure.ts';
import { calendarFile } from './calendar-file.ts';
import { mailEffect } from './message-effects.ts';
import { renderMail } from './render.ts';

/** Sends one notification by mail, once. The Message-ID is the notification's. */
export async function sendMail(deps: Deps, notificationId: string): Promise<void> {
  const about = await readNotification(deps.db, deps.vault, notificationId);
  if (!about) throw failure('NotFound', `notification ${notificationId} does not exist`);
  const { customer } = about;
  const fail = failNotification.bind(null, deps.db, notificationId);
  if (!customer?.email) {
    await fail('failed', 'no-address');
    return;
  }
  const { email, name } = customer;
  const { subject, html, text } = await renderMail(about, customer);
  const effect = await mailEffect(deps, about, customer);
  await noteFailure(fail, () =>
    deps.effects.once({
      ...effect,
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
