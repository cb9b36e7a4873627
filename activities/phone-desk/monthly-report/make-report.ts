import { readReportFigures } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import { keepReport } from '../../../db/phone-desk/monthly-report/reports.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { addMonths } from '../../../shared/phone-desk/month.ts';
import { monthSpan } from '../../../shared/phone-desk/month-span.ts';
import type { MonthlyReportInput } from '../../../workflows/phone-desk/monthly-report/contract.ts';
import { drawReport } from './draw-report.ts';
import { formatsOf } from './formats.ts';
import { wordsOf } from './words.ts';

/** Reads the figures of a company's month and keeps them with their report as PDF. */
export async function makeReport(deps: Deps, { companyId, month }: MonthlyReportInput): Promise<void> {
  const { db, documents } = deps;
  const company = await db
    .selectFrom('companies')
    .where('id', '=', companyId)
    .select(['name', 'time_zone as timeZone', 'locale', 'currency'])
    .executeTakeFirst();
  if (!company) throw failure('NotFound', `company ${companyId} does not exist`);
  const { name, timeZone, locale, currency } = company;
  const figures = await readReportFigures(
    db,
    { id: companyId, timeZone, month },
    monthSpan(month, timeZone),
    monthSpan(addMonths(month, -1), timeZone),
  );
  const title = `${wordsOf(locale).title} ${formatsOf(locale, currency).month(month)}`;
  const document = documents.create(title, 'Switchboard');
  drawReport(document, { company: name, month, locale, currency }, figures);
  const pdf = await documents.finish(document, `${name} · ${title}`);
  await keepReport(db, companyId, month, { figures, pdf });
}
