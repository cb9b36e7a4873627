import { findCallAttempt, listCallDays } from '../../../db/daily-calls/days-read.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { callAttemptDetailSchema, callDayPageSchema, callDaysQuery } from './schema.ts';

export function callDayEndpoints({ db, vault }: Pick<ApiDeps, 'db' | 'vault'>): Endpoint[] {
  const tag = 'Daily calls: days';
  return [
    endpoint({
      method: 'get',
      path: '/api/daily-calls',
      tag,
      summary: 'Local days of all users with their attempts, newest first',
      query: callDaysQuery,
      success: { status: 200, description: 'A page of days.', schema: callDayPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: presentPage(await listCallDays(db, { ...query, companyId }, pageRequest(query))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/call-attempts/{id}',
      tag,
      summary: 'One attempt with what was said in it',
      params: idParams,
      success: { status: 200, description: 'The attempt.', schema: callAttemptDetailSchema },
      problems: [404],
      async handle({ params, caller }) {
        const attempt = await findCallAttempt(db, vault, caller.companyId, params.id);
        if (!attempt) throw notFound('attempt');
        return { body: attempt };
      },
    }),
  ];
}
