import { listReports } from '../../../db/phone-desk/reports.ts';
import { writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyQuery } from '../../fields.ts';
import { reportsSchema } from './schema.ts';

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
  ];
}
