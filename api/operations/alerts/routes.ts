import { type AlertView, listAlerts } from '../../../db/alerts-read.ts';
import { alertKinds } from '../../../shared/alerts.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { alertPageSchema, alertsQuery } from './schema.ts';

const present = (alert: AlertView) => ({ ...alert, ...alertKinds[alert.kind] });

export function alertEndpoints({ db }: ApiDeps): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/alerts',
      tag: 'Alerts',
      summary: 'What operators must know of, newest first',
      query: alertsQuery,
      success: { status: 200, description: 'A page of alerts.', schema: alertPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const { items, next } = await listAlerts(db, { ...query, companyId }, pageRequest(query));
        return { body: presentPage({ items: items.map(present), next }) };
      },
    }),
  ];
}
