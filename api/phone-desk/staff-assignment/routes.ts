import type { Company } from '../../../db/companies.ts';
import { listBatches, readBatch } from '../../../db/phone-desk/staff-assignment/staff-assignments-read.ts';
import { companyOfPath } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { cancelBatch, retryBatch, undoBatch } from './change-batch.ts';
import { type Acting, requestBatch } from './request-batch.ts';
import {
  assignmentHeaders,
  assignmentsBody,
  batchesQuery,
  batchPageSchema,
  batchParams,
  batchSchema,
} from './schema.ts';

const PATH = '/api/companies/{slug}/staff-assignments';

export function staffAssignmentEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  const tag = 'Calendar';
  const selfOf = ({ slug }: Company, id: string) => `/api/companies/${slug}/staff-assignments/${id}`;
  const present = <T extends { id: string }>(company: Company, batch: T) => ({
    ...batch,
    company: company.slug,
    links: { self: selfOf(company, batch.id) },
  });
  const show = async (company: Company, id: string) => {
    const batch = await readBatch(db, company.id, id);
    if (!batch) throw notFound('batch');
    return present(company, batch);
  };
  const accepted = async (company: Company, id: string) => ({
    body: await show(company, id),
    headers: { location: selfOf(company, id) },
  });

  /** `POST …/{id}/<verb>`. */
  const verb = (
    name: string,
    summary: string,
    description: string,
    change: (deps: ApiDeps, company: Company, id: string, acting: Acting) => Promise<string>,
  ) =>
    endpoint({
      method: 'post',
      path: `${PATH}/{id}/${name}`,
      tag,
      summary,
      params: batchParams,
      success: { status: 202, description, schema: batchSchema },
      problems: [404, 409],
      async handle({ params, caller, context }) {
        const company = await companyOfPath(db, caller, params.slug);
        return accepted(company, await change(deps, company, params.id, { caller, context }));
      },
    });

  return [
    endpoint({
      method: 'post',
      path: PATH,
      tag,
      summary: 'Put staff on event types of teams, or take them off, many at once',
      params: companyParams,
      headers: assignmentHeaders,
      body: assignmentsBody,
      success: { status: 202, description: 'It runs; `Location` tells how it stands.', schema: batchSchema },
      problems: [404, 409, 422],
      async handle({ params, headers, body, caller, context }) {
        const company = await companyOfPath(db, caller, params.slug);
        const key = headers['idempotency-key'];
        return accepted(company, await requestBatch(deps, company, body, key, { caller, context }));
      },
    }),
    endpoint({
      method: 'get',
      path: PATH,
      tag,
      summary: 'Batches of assignments, newest first',
      params: companyParams,
      query: batchesQuery,
      success: { status: 200, description: 'A page of batches.', schema: batchPageSchema },
      problems: [404],
      async handle({ params, query, caller }) {
        const company = await companyOfPath(db, caller, params.slug);
        const { items, next } = await listBatches(db, company.id, pageRequest(query));
        return { body: presentPage({ items: items.map((batch) => present(company, batch)), next }) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${PATH}/{id}`,
      tag,
      summary: 'How a batch of assignments stands, one by one',
      params: batchParams,
      success: { status: 200, description: 'Its progress, and what became of each.', schema: batchSchema },
      problems: [404],
      async handle({ params, caller }) {
        return { body: await show(await companyOfPath(db, caller, params.slug), params.id) };
      },
    }),
    verb(
      'retry',
      'Try again what failed; what is done stays',
      'It runs again; after a refused key also with what was left.',
      retryBatch,
    ),
    verb('cancel', 'Stop before the next event type; what is done stays', 'It ends.', cancelBatch),
    verb(
      'undo',
      'Take back what the batch has changed, where nobody has changed it since',
      'A batch of its own does it, which is shown; asked again, the same.',
      undoBatch,
    ),
  ];
}
