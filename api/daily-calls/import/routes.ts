import { writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { importUsers } from './import-users.ts';
import { readCsv } from './read-csv.ts';
import { importBody, importQuery, importResultSchema } from './schema.ts';

export const IMPORT_PATH = '/api/call-users/import';
export const IMPORT_LIMIT = '5mb';

export function callUserImportEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: IMPORT_PATH,
      tag: 'Daily calls: users',
      summary: 'Make and change users from a CSV file; what cannot be taken comes back with its errors',
      query: importQuery,
      body: importBody,
      bodyType: 'text/csv',
      success: { status: 200, description: 'What became of each row.', schema: importResultSchema },
      problems: [422],
      async handle({ query, body, caller, context }) {
        const company = await writeScope(deps.db, caller, query.company);
        const { rows } = await readCsv(body);
        const result = await importUsers(deps, company, rows, query.dryRun, { caller, context });
        return { body: { dryRun: query.dryRun, ...result } };
      },
    }),
  ];
}
