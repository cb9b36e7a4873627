import {
  approvedVariables,
  type CompanyTemplate,
  chooseApproved,
} from '../../../../shared/messages/appointment/content.ts';
import { type Addressed, type ChannelPort, messageOf, speaksOf } from './channel.ts';

/** The approved template; null: it was withdrawn, which `reasonAgainst` says of a message that is to be sent. */
const approvedFor = ({ about, customer }: Addressed): CompanyTemplate | null =>
  chooseApproved(about.templates, customer.locale, about.company_locale);

/**
 * WhatsApp by Twilio: only in templates that WhatsApp has approved for the company. A message whose answer got lost can
 * be found again if its template shows our reference; if not, Twilio's report on it settles it, or a person.
 */
export const whatsapp: ChannelPort = {
  effect(deps, addressed) {
    const carriesReference = approvedFor(addressed)?.variables?.includes('reference') ?? false;
    return deps.messages.whatsapp(messageOf(addressed), addressed.customer.phoneE164!, carriesReference);
  },
  async prepare(deps, addressed) {
    const { about, customer } = addressed;
    const template = approvedFor(addressed)!;
    const variables = approvedVariables(speaksOf(deps, addressed), template);
    return () =>
      deps.sms.sendWhatsApp({
        from: about.whatsapp_sender!,
        to: customer.phoneE164!,
        contentSid: template.contentSid!,
        variables,
        statusCallback: deps.links.twilioCallback(about.id),
      });
  },
};
