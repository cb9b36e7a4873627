import { type Kysely, sql } from 'kysely';
import { overEverywhere } from '../../../shared/phone-desk/month.ts';
import type { Alongside } from '../../effects.ts';
import type { Database } from '../../tables/database.ts';
import type { ReportFigures } from './report-figures.ts';

/** Ids of the active companies that were there in a month, in order, after this one. */
export async function listCompaniesToReport(
  db: Kysely<Database>,
  after: string | null,
  limit: number,
  month: string,
): Promise<string[]> {
  const rows = await db
    .selectFrom('companies')
    .select('id')
    .where('active', '=', true)
    .where('created_at', '<', overEverywhere(month))
    .$if(after !== null, (query) => query.where('id', '>', after as string))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Keeps a report; one that was mailed is not changed any more. */
export async function keepReport(
  db: Kysely<Database>,
  companyId: string,
  month: string,
  report: { figures: ReportFigures; pdf: Buffer },
): Promise<void> {
  await sql`
    INSERT INTO monthly_reports AS r (company_id, month, figures, pdf)
    VALUES (${companyId}, ${month}, ${JSON.stringify(report.figures)}, ${report.pdf})
    ON CONFLICT (company_id, month) DO UPDATE SET figures = excluded.figures, pdf = excluded.pdf
    WHERE r.mail_status <> 'sent'`.execute(db);
}

export function readReport(db: Kysely<Database>, companyId: string, month: string) {
  return db
    .selectFrom('monthly_reports')
    .innerJoin('companies', 'companies.id', 'monthly_reports.company_id')
    .where('company_id', '=', companyId)
    .where('month', '=', month)
    .selectAll('monthly_reports')
    .select(['companies.name', 'companies.contact_email', 'companies.locale', 'companies.currency'])
    .executeTakeFirst();
}

export type Report = NonNullable<Awaited<ReturnType<typeof readReport>>>;

/** The mail with the report went out. */
export const reportSent = (companyId: string, month: string): Alongside => sql`
  told AS (UPDATE monthly_reports SET mail_status = 'sent', mail_reason = NULL, sent_at = now()
    WHERE company_id = ${companyId} AND month = ${month})`;

export async function noteReportNotSent(
  db: Kysely<Database>,
  companyId: string,
  month: string,
  reason: string,
): Promise<void> {
  await db
    .updateTable('monthly_reports')
    .set({ mail_status: reason === 'EffectUnknown' ? 'unknown' : 'failed', mail_reason: reason })
    .where('company_id', '=', companyId)
    .where('month', '=', month)
    .where('mail_status', '<>', 'sent')
    .execute();
}

/** The reports of a company without their files, newest first. */
export function listReports(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('monthly_reports')
    .where('company_id', '=', companyId)
    .select(['month', 'mail_status as mail', 'sent_at as sentAt', 'created_at as createdAt'])
    .orderBy('month', 'desc')
    .execute();
}
