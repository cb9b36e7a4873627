import type { SubscriptionNotice } from '../../../db/phone-desk/subscription/subscription-notices.ts';
import { renderHtml, renderPlain } from '../../../shared/messages/liquid.ts';
import { mailFrame } from '../../../shared/messages/mail-frame.ts';
import { formatMoney } from '../../../shared/money.ts';
import { type Language, languageOf } from './notice-templates.ts';

const htmlPage = ({ greeting, pay }: Language, lead: string) =>
  mailFrame(
    `<p style="margin:0 0 1rem">${greeting}</p>
<p style="margin:0">${lead}</p>
{% if payUrl %}<p style="margin:1.25rem 0 0"><a href="{{ payUrl }}">${pay}</a></p>{% endif %}`,
    'Switchboard',
  );

const textPage = ({ greeting, pay }: Language, lead: string) => `${greeting}

${lead}
{% if payUrl %}
${pay}: {{ payUrl }}
{% endif %}
Switchboard
`;

/** The mail to a company about its subscription, in its language and its zone. */
export async function renderNotice(
  notice: SubscriptionNotice,
): Promise<{ subject: string; html: string; text: string }> {
  const { kind, locale, timeZone, totalCents, invoiceCurrency, unitAmountCents, quantity, currency } = notice;
  const language = languageOf(locale);
  const day = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'long', year: 'numeric' });
  const dayOf = (at: Date | null) => at && day.format(at);
  const { subject, lead } = language.wordings[kind];
  const values = {
    company: notice.companyName,
    invoice: notice.invoiceNumber ?? '',
    amount: totalCents !== null && invoiceCurrency ? formatMoney(totalCents, invoiceCurrency, locale) : '',
    price:
      unitAmountCents !== null && currency
        ? formatMoney(unitAmountCents * (quantity ?? 1), currency, locale)
        : '',
    trialEnd: dayOf(notice.trialEndsAt),
    nextAttempt: dayOf(notice.nextAttemptAt),
    keptUntil: dayOf(notice.dataKeptUntil),
    payUrl: kind.startsWith('payment-failed') ? notice.payUrl : null,
  };
  return {
    subject: await renderPlain(subject, values),
    html: await renderHtml(htmlPage(language, lead), values),
    text: await renderPlain(textPage(language, lead), values),
  };
}
