import type { Notice } from '../../../db/daily-calls/notices.ts';
import { renderHtml, renderPlain } from '../../../shared/messages/liquid.ts';
import { mailFrame } from '../../../shared/messages/mail-frame.ts';
import { wordingOf } from './notice-templates.ts';

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
    subject: await renderPlain(wording.subject, values),
    html: await renderHtml(htmlPage(wording), values),
    text: await renderPlain(textPage(wording), values),
  };
}

/** The SMS about a call, in the person's language; `reference` makes it one that can be found again. */
export async function renderNoticeSms(notice: Notice, reference: string): Promise<string> {
  const values = { ...facts(notice), summary: notice.summary && shorten(notice.summary) };
  return `${await renderPlain(wordingOf(notice.locale).sms, values)} (ref ${reference})`;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= MAX_SMS_SUMMARY_CHARS) return text;
  return `${characters
    .slice(0, MAX_SMS_SUMMARY_CHARS - 1)
    .join('')
    .trimEnd()}…`;
}
