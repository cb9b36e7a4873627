import type { ReportFigures } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import { type Report, readReport, reportSent } from '../../../db/phone-desk/monthly-report/reports.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { renderHtml, renderPlain } from '../../../shared/messages/liquid.ts';
import { mailFrame } from '../../../shared/messages/mail-frame.ts';
import { countText } from '../../../shared/phone-desk/bill-text.ts';
import type { MonthlyReportInput } from '../../../workflows/phone-desk/monthly-report/contract.ts';
import { formatsOf } from './formats.ts';
import { wordsOf } from './words.ts';

/** Mails the report to the company's contact, once. */
export async function mailReport(deps: Deps, { companyId, month }: MonthlyReportInput): Promise<void> {
  const report = await readReport(deps.db, companyId, month);
  if (!report) throw failure('NotFound', `no report of company ${companyId} for ${month}`);
  const effect = await deps.messages.mail({
    id: `${companyId}-${month}`,
    key: `report:${companyId}:${month}`,
    companyId,
    entity: month,
    recipientId: companyId,
    createdAt: report.created_at,
    sent: () => reportSent(companyId, month),
  });
  const words = await writeMail(report);
  await deps.effects.once({
    ...effect,
    perform: () =>
      deps.mailer.send({
        messageId: `<report-${companyId}-${month}@switchboard.example>`,
        to: report.contact_email,
        ...words,
        attachments: [
          { filename: `report-${month}.pdf`, contentType: 'application/pdf', content: report.pdf },
        ],
      }),
  });
}

async function writeMail({ name, month, locale, currency, figures }: Report) {
  const { mail } = wordsOf(locale);
  const formats = formatsOf(locale, currency);
  const { now, before } = figures as unknown as ReportFigures;
  const values = {
    company: name,
    month: formats.month(month),
    calls: countText('calls', now.inboundCalls, locale),
    callsBefore: formats.number(before.inboundCalls),
    bookings: countText('bookings', now.bookings, locale),
    revenue: formats.roundMoney(now.revenueCents),
    revenueBefore: formats.roundMoney(before.revenueCents),
  };
  const page = mailFrame(
    `<p style="margin:0 0 1rem">${mail.greeting}</p>
<p style="margin:0 0 1.25rem">${mail.lead}</p>
<p style="margin:0">${mail.attached}</p>`,
    '{{ company }}',
  );
  return {
    subject: await renderPlain(mail.subject, values),
    html: await renderHtml(page, values),
    text: await renderPlain(`${mail.greeting}\n\n${mail.lead}\n${mail.attached}\n`, values),
  };
}
