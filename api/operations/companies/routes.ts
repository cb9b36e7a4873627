import { recordAudit } from '../../../db/audit.ts';
import {
  type CompanyRow,
  findCompanyRow,
  listCompanies,
  readCompanyParts,
} from '../../../db/companies-read.ts';
import { readScope, requireOperator } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import {
  changedCompanySchema,
  companyPageSchema,
  companySchema,
  madeCompanySchema,
} from './answer-schema.ts';
import { changeCompany, setActive } from './change-company.ts';
import { onboard } from './onboard.ts';
import { presentParts, presentSummary } from './present.ts';
import { closingBody, companiesQuery, companyChange, newCompany, onboardingHeaders } from './schema.ts';
import { trySubscribe } from './subscribe.ts';

export function companyEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  const tag = 'Companies';
  const one = { tag, params: companyParams, problems: [404] };

  async function find(companyId: string | null, slug: string): Promise<CompanyRow> {
    const row = await findCompanyRow(db, companyId, slug);
    if (!row) throw notFound('company');
    return row;
  }
  const show = async (row: CompanyRow) => ({
    ...presentSummary(deps, row),
    ...presentParts(await readCompanyParts(db, row.id)),
  });
  const findAsOperator = (caller: Caller, slug: string) => {
    requireOperator(caller);
    return find(null, slug);
  };
  const shown = { status: 200, description: 'The company.', schema: companySchema } as const;
  const changed = {
    status: 200,
    description: 'The company as changed, and what is still to be done.',
    schema: changedCompanySchema,
  } as const;

  return [
    endpoint({
      method: 'post',
      path: '/api/companies',
      tag,
      summary: 'Make a company with all that belongs to it; its keys are asked at the vendors first',
      headers: onboardingHeaders,
      body: newCompany,
      success: { status: 201, description: 'The company and its first key.', schema: madeCompanySchema },
      problems: [422],
      async handle({ body, headers, caller, context }) {
        requireOperator(caller);
        const order = { body, idempotencyKey: headers['idempotency-key'], caller, context };
        const { apiKey, warnings, ...made } = await onboard(deps, order);
        const left = body.calendarWebhook === 'subscribe' ? await trySubscribe(deps, made) : [];
        const company = await show(await find(null, made.slug));
        return {
          body: { company, apiKey, warnings: [...warnings, ...left] },
          headers: { location: `/api/companies/${made.slug}` },
        };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/companies',
      tag,
      summary: 'Companies, newest first; of its keys a company shows the last four characters',
      query: companiesQuery,
      success: { status: 200, description: 'A page of companies.', schema: companyPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const { items, next } = await listCompanies(db, { ...query, companyId }, pageRequest(query));
        return { body: presentPage({ items: items.map((row) => presentSummary(deps, row)), next }) };
      },
    }),
    endpoint({
      ...one,
      method: 'get',
      path: '/api/companies/{slug}',
      summary: 'One company with lines, staff and services',
      success: shown,
      async handle({ params, caller }) {
        return { body: await show(await find(caller.companyId, params.slug)) };
      },
    }),
    endpoint({
      ...one,
      method: 'patch',
      path: '/api/companies/{slug}',
      summary: 'Change settings, limits and keys; every process knows them within 30 seconds',
      body: companyChange,
      success: changed,
      async handle({ params, body, caller, context }) {
        const row = await findAsOperator(caller, params.slug);
        const warnings = await changeCompany(deps, row, body, { caller, context });
        return { body: { company: await show(await find(null, params.slug)), warnings } };
      },
    }),
    endpoint({
      ...one,
      method: 'post',
      path: '/api/companies/{slug}/calendar-webhook',
      summary: 'See to it that Cal.com posts what happens in the calendar',
      success: changed,
      async handle({ params, caller, context }) {
        const row = await findAsOperator(caller, params.slug);
        await recordAudit(db, {
          actor: caller.name,
          action: 'company.calendar-webhook',
          entity: `company/${row.id}`,
          requestId: context.requestId,
        });
        const warnings = await trySubscribe(deps, { companyId: row.id, slug: row.slug });
        return { body: { company: await show(await find(null, params.slug)), warnings } };
      },
    }),
    endpoint({
      ...one,
      method: 'post',
      path: '/api/companies/{slug}/deactivate',
      summary: 'Close a company: no key of it opens anything any more',
      body: closingBody,
      success: shown,
      async handle({ params, body, caller, context }) {
        const row = await findAsOperator(caller, params.slug);
        await setActive(deps, row, false, body.reason, { caller, context });
        return { body: await show({ ...row, active: false }) };
      },
    }),
    endpoint({
      ...one,
      method: 'post',
      path: '/api/companies/{slug}/reactivate',
      summary: 'Open a company again, with the keys that it had',
      success: shown,
      async handle({ params, caller, context }) {
        const row = await findAsOperator(caller, params.slug);
        await setActive(deps, row, true, null, { caller, context });
        return { body: await show({ ...row, active: true }) };
      },
    }),
  ];
}
