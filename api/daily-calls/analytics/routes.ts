import { callAnalytics, variantNames } from '../../../db/daily-calls/analytics.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { analyticsQuery, callAnalyticsSchema } from './schema.ts';

export function callAnalyticsEndpoints({ db }: Pick<ApiDeps, 'db'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/call-analytics',
      tag: 'Daily calls: analytics',
      summary:
        'Attempts, reach, duration and what retries brought, by day, hour, zone, variant, outcome or provider',
      query: analyticsQuery,
      success: { status: 200, description: 'The totals and each group.', schema: callAnalyticsSchema },
      async handle({ query, caller }) {
        const { by, from, to } = query;
        const companyId = await readScope(db, caller, query.company);
        const { total, groups } = await callAnalytics(db, { companyId, from, to, by });
        const ids = by === 'variant' ? groups.flatMap(({ key }) => key ?? []) : [];
        const names = await variantNames(db, ids);
        return {
          body: {
            by,
            from,
            to,
            total,
            groups: groups.map(({ key, ...measures }) => ({
              key,
              label: (key !== null && names.get(key)) || null,
              ...measures,
            })),
          },
        };
      },
    }),
  ];
}
