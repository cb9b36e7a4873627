import { findCall, listCalls } from '../../../db/phone-desk/calls.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { callDetailSchema, callPageSchema, callsQuery } from './schema.ts';

export function callEndpoints({ db, vault }: Pick<ApiDeps, 'db' | 'vault'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/calls',
      tag: 'Calls',
      summary: 'Calls, newest first',
      query: callsQuery,
      success: { status: 200, description: 'A page of calls, without transcripts.', schema: callPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: presentPage(await listCalls(db, vault, { ...query, companyId }, pageRequest(query))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/calls/{id}',
      tag: 'Calls',
      summary: 'One call with what was said',
      params: idParams,
      success: { status: 200, description: 'The call.', schema: callDetailSchema },
      problems: [404],
      async handle({ params, caller }) {
        const call = await findCall(db, vault, caller.companyId, params.id);
        if (!call) throw notFound('call');
        return { body: call };
      },
    }),
  ];
}
