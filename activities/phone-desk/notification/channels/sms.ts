import { smsContent } from '../../../../shared/messages/appointment/content.ts';
import { inCompanyWords } from '../company-words.ts';
import { type ChannelPort, messageOf, speaksOf } from './channel.ts';

/** SMS by Twilio. The text ends with our reference, by which a message whose answer got lost is found again. */
export const sms: ChannelPort = {
  effect: (deps, addressed) => deps.messages.sms(messageOf(addressed), addressed.customer.phoneE164!),
  async prepare(deps, addressed) {
    const { about, customer } = addressed;
    const message = speaksOf(deps, addressed);
    const text = await inCompanyWords(deps, about, message, smsContent);
    return () =>
      deps.sms.sendSms({
        from: about.sms_sender ?? deps.env.TWILIO_FROM_NUMBER,
        to: customer.phoneE164!,
        body: `${text} (ref ${message.reference})`,
        statusCallback: deps.links.twilioCallback(about.id),
      });
  },
};
