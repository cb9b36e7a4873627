import type { NotificationRow } from '../../../db/phone-desk/notifications.ts';
import type { Customer } from '../../../db/phone-desk/people.ts';
import { renderHtml, renderPlain } from '../../../shared/messages/liquid.ts';
import { mailFrame } from '../../../shared/messages/mail-frame.ts';
import { localFormats } from './local-formats.ts';
import { type Language, languageOf } from './templates.ts';

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
    '{{ company }} · {{ contact }}',
  );

const textPage = (language: Language, lead: string) => `${language.greeting}

${lead}

${language.labels.service}: {{ service }}
${language.labels.when}: {{ day }}, {{ time }}
${language.labels.with}: {{ staff }}
${language.zoneNote}

{{ company }} · {{ contact }}
`;

function facts(about: NotificationRow, customer: Customer) {
  const { day, time } = localFormats(customer.locale, customer.timeZone);
  return {
    name: customer.name,
    service: about.service_name,
    staff: about.staff_name,
    company: about.company_name,
    contact: about.company_email,
    zone: customer.timeZone,
    day: day.format(about.starts_at),
    time: time.format(about.starts_at),
  };
}

/** The mail in the customer's language and zone. */
export async function renderMail(
  about: NotificationRow,
  customer: Customer,
): Promise<{ subject: string; html: string; text: string }> {
  const language = languageOf(customer.locale);
  const { subject, lead } = language.wordings[about.kind];
  const values = facts(about, customer);
  return {
    subject: await renderPlain(subject, values),
    html: await renderHtml(htmlPage(language, lead), values),
    text: await renderPlain(textPage(language, lead), values),
  };
}

/** The SMS in the customer's language and zone; the suffix carries our reference. */
export async function renderSms(about: NotificationRow, customer: Customer, suffix: string): Promise<string> {
  const { sms } = languageOf(customer.locale).wordings[about.kind];
  return `${await renderPlain(sms, facts(about, customer))} (${suffix})`;
}
