import { checkTemplate, type TemplateDraft } from '../../../shared/messages/appointment/check-template.ts';
import {
  approvedVariables,
  type CompanyTemplate,
  mailContent,
  pushContent,
  smsContent,
} from '../../../shared/messages/appointment/content.ts';
import type { AppointmentMessage } from '../../../shared/messages/appointment/values.ts';
import type { Channel } from '../../../shared/messages/channels.ts';
import { smsSize } from '../../../shared/messages/sms-segments.ts';

const nothing = { subject: null, text: null, html: null, variables: null, sms: null };

/** The message as a customer would get it: in these words, or (with the problems) in ours. */
export async function renderPreview(
  channel: Channel,
  draft: TemplateDraft | null,
  message: AppointmentMessage,
  language: string,
) {
  const problems = draft ? await checkTemplate(channel, draft, message) : [];
  const usable = draft && problems.length === 0;
  const template: CompanyTemplate | null = usable ? { ...draft, language } : null;
  switch (channel) {
    case 'email':
      return { ...nothing, ...(await mailContent(message, template)).content, problems };
    case 'push': {
      const { title, body } = (await pushContent(message, template)).content;
      return { ...nothing, subject: title, text: body, problems };
    }
    case 'sms': {
      const text = `${(await smsContent(message, template)).content} (ref ${message.reference})`;
      return { ...nothing, text, sms: smsSize(text), problems };
    }
    case 'whatsapp': {
      const variables = template ? approvedVariables(message, template) : null;
      return { ...nothing, variables, problems };
    }
  }
}
