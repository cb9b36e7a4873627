import { readAvailabilityUse } from '../../../db/phone-desk/availability/availability-use.ts';
import { addDays, localDate } from '../../../shared/time.ts';
import { readScope, writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { findAvailability } from './find-availability.ts';
import {
  availabilityQuery,
  availabilitySchema,
  availabilityUseQuery,
  availabilityUseSchema,
} from './schema.ts';

const WEEK_DAYS = 7;

const withRate = ({ hits, misses }: { hits: number; misses: number }) => ({
  hits,
  misses,
  hitRate: hits + misses === 0 ? null : hits / (hits + misses),
});

export function availabilityEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, clock } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/api/availability',
      tag: 'Availability',
      summary: 'When a service can be booked',
      query: availabilityQuery,
      success: { status: 200, description: 'Free starts, in order of time.', schema: availabilitySchema },
      async handle({ query, caller }) {
        const company = await writeScope(db, caller, query.company);
        return { body: await findAvailability(deps, company, query) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/availability/use',
      tag: 'Availability',
      summary: 'How often the free times were known without asking the calendar',
      query: availabilityUseQuery,
      success: { status: 200, description: 'Hits and misses by day.', schema: availabilityUseSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const to = query.to ?? localDate(clock(), 'UTC');
        const from = query.from ?? addDays(to, -WEEK_DAYS);
        const days = await readAvailabilityUse(db, companyId, { from, to });
        const sum = (field: 'hits' | 'misses') => days.reduce((total, each) => total + each[field], 0);
        return {
          body: {
            ...withRate({ hits: sum('hits'), misses: sum('misses') }),
            days: days.map((each) => ({ day: each.day, ...withRate(each) })),
          },
        };
      },
    }),
  ];
}
