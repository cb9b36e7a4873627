import { renderHtml, renderPlain } from '../liquid.ts';
import { mailFrame } from '../mail-frame.ts';
import { type AppointmentMessage, valuesOf } from './values.ts';
import { isSpoken, type Language, languageOf } from './wordings.ts';

export interface MailContent {
  subject: string;
  html: string;
  text: string;
}

export interface PushContent {
  title: string;
  body: string;
}

/** Below every mail: who writes, and how to end it where it can be ended. */
export const mailFooter = ({ unsubscribe }: Language) =>
  `{{ company }} · {{ contact }}{% if unsubscribe %}<br><a href="{{ unsubscribe }}" style="color:#5b6675">${unsubscribe}</a>{% endif %}`;

/** The same of the text part. */
export const textFooter = ({ unsubscribe }: Language) =>
  `{{ company }} · {{ contact }}{% if unsubscribe %}
${unsubscribe}: {{ unsubscribe }}{% endif %}
`;

const htmlPage = (language: Language, lead: string) =>
  mailFrame(
    `<p style="margin:0 0 1rem">${language.greeting}</p>
<p style="margin:0 0 1.25rem">${lead}</p>
<table role="presentation" style="border-collapse:collapse;font-size:1rem">
<tr><td style="padding:.25rem 1rem .25rem 0;color:#5b6675">${language.labels.service}</td><td><strong>{{ service }}</strong></td></tr>
<tr><td style="padding:.25rem 1rem .25rem 0;color:#5b6675">${language.labels.when}</td><td><strong>{{ day }}, {{ time }}</strong></td></tr>
<tr><td style="padding:.25rem 1rem .25rem 0;color:#5b6675">${language.labels.with}</td><td>{{ staff }}</td></tr>
</table>
<p style="margin:1.25rem 0 0;color:#5b6675;font-size:.875rem">${language.zoneNote}</p>`,
    mailFooter(language),
  );

const textPage = (language: Language, lead: string) => `${language.greeting}

${lead}

${language.labels.service}: {{ service }}
${language.labels.when}: {{ day }}, {{ time }}
${language.labels.with}: {{ staff }}
${language.zoneNote}

${textFooter(language)}`;

/** Whoever speaks another language reads English, also of the day: two languages in one sentence are none. */
const valuesFor = (message: AppointmentMessage) =>
  valuesOf(isSpoken(message.locale) ? message : { ...message, locale: 'en-GB' });

/** The mail in our own words, in the customer's language and zone. */
export async function builtInMail(message: AppointmentMessage): Promise<MailContent> {
  const language = languageOf(message.locale);
  const { subject, lead } = language.wordings[message.kind];
  const values = valuesFor(message);
  return {
    subject: await renderPlain(subject, values),
    html: await renderHtml(htmlPage(language, lead), values),
    text: await renderPlain(textPage(language, lead), values),
  };
}

/** The text of an SMS in our own words. */
export function builtInSms(message: AppointmentMessage): Promise<string> {
  return renderPlain(languageOf(message.locale).wordings[message.kind].sms, valuesFor(message));
}

/** What a device shows, in our own words. */
export async function builtInPush(message: AppointmentMessage): Promise<PushContent> {
  const { subject, sms } = languageOf(message.locale).wordings[message.kind];
  const values = valuesFor(message);
  return { title: await renderPlain(subject, values), body: await renderPlain(sms, values) };
}
