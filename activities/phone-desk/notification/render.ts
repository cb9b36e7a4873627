import { Liquid } from 'liquidjs';
import type { NotificationRow } from '../../../db/notifications.ts';
import type { Customer } from '../../../db/people.ts';
import { mailFrame } from '../../../shared/messages/mail-frame.ts';
import { type Language, languageOf } from './templates.ts';

/** HTML escapes whatever is inserted; plain text does not. Neither can reach files or prototypes. */
const html = new Liquid({ outputEscape: 'escape', ownPropertyOnly: true, cache: true });
const plain = new Liquid({ ownPropertyOnly: true, cache: true });

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
  const locale = customer.locale;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: customer.timeZone, ...options }).format(about.starts_at);
  return {
    name: customer.name,
    service: about.service_name,
    staff: about.staff_name,
    company: about.company_name,
    contact: about.company_email,
    zone: customer.timeZone,
    day: format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    time: format({ hour: '2-digit', minute: '2-digit' }),
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
    subject: await plain.parseAndRender(subject, values),
    html: await html.parseAndRender(htmlPage(language, lead), values),
    text: await plain.parseAndRender(textPage(language, lead), values),
  };
}

/** The SMS in the customer's language and zone; the suffix carries our reference. */
export async function renderSms(about: NotificationRow, customer: Customer, suffix: string): Promise<string> {
  const { sms } = languageOf(customer.locale).wordings[about.kind];
  return `${await plain.parseAndRender(sms, facts(about, customer))} (${suffix})`;
}
