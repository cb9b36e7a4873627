import { findDoNotCall, listDoNotCall } from '../../../db/daily-calls/blocks.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { companyOrAll } from '../scope.ts';
import { addToList, listScope, readPhoneIndex, removeFromList } from './change-list.ts';
import {
  doNotCallBody,
  doNotCallCheckQuery,
  doNotCallCheckSchema,
  doNotCallDeleteQuery,
  doNotCallPageSchema,
  doNotCallParams,
  doNotCallQuery,
  doNotCallSchema,
  removedSchema,
} from './schema.ts';

export function doNotCallEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  const tag = 'Daily calls: do not call';
  return [
    endpoint({
      method: 'post',
      path: '/api/do-not-call',
      tag,
      summary: 'List a number; nobody is called at it from now on',
      query: doNotCallCheckQuery.pick({ company: true }),
      body: doNotCallBody,
      success: { status: 201, description: 'The listing.', schema: doNotCallSchema },
      problems: [422],
      async handle({ query, body, caller, context }) {
        const company = await listScope(deps, caller, { ...query, everywhere: body.everywhere });
        return { body: await addToList(deps, company, body, { caller, context }) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/do-not-call',
      tag,
      summary: 'Listings, newest first; the numbers themselves are not kept',
      query: doNotCallQuery,
      success: { status: 200, description: 'A page of listings.', schema: doNotCallPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: presentPage(await listDoNotCall(db, { ...query, companyId }, pageRequest(query))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/do-not-call/check',
      tag,
      summary: 'Whether a number is listed',
      query: doNotCallCheckQuery,
      success: {
        status: 200,
        description: 'What concerns the company, or (operator) anybody.',
        schema: doNotCallCheckSchema,
      },
      problems: [422],
      async handle({ query, caller }) {
        const company = await companyOrAll(db, caller, query.company);
        const index = readPhoneIndex(deps, query.phone, company);
        const entries = await findDoNotCall(db, company?.id ?? null, index);
        return { body: { listed: entries.length > 0, entries } };
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/do-not-call/{id}',
      tag,
      summary: 'Take a listing off the list',
      params: doNotCallParams,
      query: doNotCallDeleteQuery,
      success: { status: 200, description: 'What was taken off.', schema: removedSchema },
      problems: [404],
      async handle({ params, query, caller, context }) {
        const company = await listScope(deps, caller, query);
        return { body: await removeFromList(deps, company, params.id, { caller, context }) };
      },
    }),
  ];
}
