import { mailContent } from '../../../../shared/messages/appointment/content.ts';
import { notificationMessageId } from '../../../../shared/messages/message-id.ts';
import { calendarFile } from '../calendar-file.ts';
import { inCompanyWords } from '../company-words.ts';
import { type ChannelPort, messageOf, speaksOf } from './channel.ts';

/** Mail, with the appointment as calendar file. Its Message-ID is the notification's. */
export const email: ChannelPort = {
  effect: (deps, addressed) => deps.messages.mail(messageOf(addressed)),
  async prepare(deps, addressed) {
    const { about, customer } = addressed;
    const message = speaksOf(deps, addressed);
    const { subject, html, text } = await inCompanyWords(deps, about, message, mailContent);
    const address = customer.email!;
    const { unsubscribeUrl } = message;
    return () =>
      deps.mailer.send({
        messageId: notificationMessageId(about.id),
        to: customer.name ? { name: customer.name, address } : address,
        subject,
        html,
        text,
        // One click ends it, without a page or a login (RFC 8058). What cannot be ended carries no such header.
        ...(unsubscribeUrl && {
          headers: {
            'List-Unsubscribe': `<${unsubscribeUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
        }),
        ...(about.kind.startsWith('reminder') ? {} : { ics: calendarFile(about, customer) }),
      });
  },
};
