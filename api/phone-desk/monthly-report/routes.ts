import { Readable } from 'node:stream';
import { listReports, readReport } from '../../../db/phone-desk/monthly-report/reports.ts';
import { writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyQuery } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { reportFileSchema, reportParams, reportsSchema } from './schema.ts';

export function reportEndpoints({ db }: ApiDeps): Endpoint[] {
  const tag = 'Reports';
  return [
    endpoint({
      method: 'get',
      path: '/api/reports',
      tag,
      summary: 'The monthly reports of a company, newest first',
      query: companyQuery,
      success: { status: 200, description: 'All of them.', schema: reportsSchema },
      async handle({ query, caller }) {
        const company = await writeScope(db, caller, query.company);
        return { body: { company: company.slug, items: await listReports(db, company.id) } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/reports/{month}',
      tag,
      summary: 'A monthly report as PDF',
      params: reportParams,
      query: companyQuery,
      success: {
        status: 200,
        description: 'The report, as an attachment.',
        schema: reportFileSchema,
        type: 'application/pdf',
      },
      problems: [403, 404],
      async handle({ params: { month }, query, caller }) {
        const { id, slug } = await writeScope(db, caller, query.company);
        const report = await readReport(db, id, month);
        if (!report) throw notFound('report of this month');
        const file = { filename: `report-${slug}-${month}.pdf`, contentType: 'application/pdf' };
        return { file: { ...file, contents: Readable.from([report.pdf]) } };
      },
    }),
  ];
}
