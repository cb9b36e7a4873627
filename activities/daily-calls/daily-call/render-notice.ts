import { Liquid } from 'liquidjs';
import type { Notice } from '../../../db/call-notices.ts';
import { mailFrame } from '../../../shared/messages/mail-frame.ts';
import { wordingOf } from './notice-templates.ts';

/** HTML escapes whatever is inserted; plain text does not. Neither can reach files or prototypes. */
const html = new Liquid({ outputEscape: 'escape', ownPropertyOnly: true, cache: true });
const plain = new Liquid({ ownPropertyOnly: true, cache: true });

/** An SMS is split and paid by the 153 characters; three parts are enough for a summary. */
const MAX_SMS_SUMMARY_CHARS = 280;

type Wording = ReturnType<typeof wordingOf>;

const htmlPage = ({ greeting, thanks, summary, changes }: Wording) =>
  mailFrame(
    `<p style="margin:0 0 1rem">${greeting}</p>
<p style="margin:0 0 1.25rem">${thanks}</p>
{% if summary %}<p style="margin:0 0 .25rem;color:#5b6675">${summary}</p>
<p style="margin:0 0 1.25rem">{{ summary }}</p>{% endif %}
<p style="margin:0;color:#5b6675;font-size:.875rem">${changes}</p>`,
    '{{ company }} · {{ contact }}',
  );

const textPage = ({ greeting, thanks, summary, changes }: Wording) => `${greeting}

${thanks}
{% if summary %}
${summary}:
{{ summary }}
{% endif %}
${changes}

{{ company }} · {{ contact }}
`;

const facts = ({ name, companyName, companyEmail, summary }: Notice) => ({
  name,
  company: companyName,
  contact: companyEmail,
  summary,
});

/** The mail about a call, in the person's language. */
export async function renderNoticeMail(
  notice: Notice,
): Promise<{ subject: string; html: string; text: string }> {
  const wording = wordingOf(notice.locale);
  const values = facts(notice);
  return {
    subject: await plain.parseAndRender(wording.subject, values),
    html: await html.parseAndRender(htmlPage(wording), values),
    text: await plain.parseAndRender(textPage(wording), values),
  };
}

/** The SMS about a call, in the person's language; `reference` makes it one that can be found again. */
export async function renderNoticeSms(notice: Notice, reference: string): Promise<string> {
  const values = { ...facts(notice), summary: notice.summary && shorten(notice.summary) };
  return `${await plain.parseAndRender(wordingOf(notice.locale).sms, values)} (ref ${reference})`;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= MAX_SMS_SUMMARY_CHARS) return text;
  return `${characters
    .slice(0, MAX_SMS_SUMMARY_CHARS - 1)
    .join('')
    .trimEnd()}…`;
}
