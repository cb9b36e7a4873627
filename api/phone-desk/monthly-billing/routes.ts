import { randomUUID } from 'node:crypto';
import { insertApiEvent } from '../../../db/api-events.ts';
import { recordAudit } from '../../../db/audit.ts';
import { listBills, readBilling } from '../../../db/phone-desk/billing/billing-read.ts';
import {
  addBill,
  requestBilling,
  requestBillingCancel,
} from '../../../db/phone-desk/billing/billing-runs.ts';
import { monthlyBillingWorkflowId } from '../../../shared/ids.ts';
import { overEverywhere } from '../../../shared/phone-desk/month.ts';
import { readScope, requireOperator, writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { conflict, invalidRequest, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';
import {
  addCompanyBody,
  addedSchema,
  billingSchema,
  billsQuery,
  billsSchema,
  monthParams,
} from './schema.ts';

export function billingEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, vault, clock } = deps;
  const tag = 'Billing';
  const show = async (month: string) => {
    const billing = await readBilling(db, month);
    if (!billing) throw notFound('billing of this month');
    return billing;
  };
  const audit = (caller: Caller, action: string, month: string, requestId: string) =>
    recordAudit(db, { actor: caller.name, action, entity: `billing/${month}`, requestId });
  const notRunning = () => conflict('billing-not-running', 'No billing of this month is running.');

  return [
    endpoint({
      method: 'post',
      path: '/api/billing/{month}',
      tag,
      summary: 'Bill all companies for a month; again: only what failed or was cancelled',
      params: monthParams,
      success: { status: 202, description: 'It runs.', schema: billingSchema },
      async handle({ params: { month }, caller, context }) {
        requireOperator(caller);
        if (overEverywhere(month) > clock()) {
          const message = `is not over yet; from ${overEverywhere(month).toISOString()} on it is in every zone`;
          throw invalidRequest([{ path: 'month', message }]);
        }
        await audit(caller, 'billing.request', month, context.requestId);
        const event = await db.transaction().execute(async (trx) => {
          await requestBilling(trx, month);
          return insertApiEvent(
            trx,
            vault,
            {
              eventKey: `billing:${month}:${randomUUID()}`,
              eventType: 'billing.requested',
              entity: monthlyBillingWorkflowId(month),
              companyId: null,
              body: { month },
              ...context,
            },
            sweepAfterMs(deps),
          );
        });
        deps.handOver?.offer(event);
        return { body: await show(month) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/billing/{month}',
      tag,
      summary: 'How the billing of a month stands',
      params: monthParams,
      success: { status: 200, description: 'Its progress.', schema: billingSchema },
      problems: [404],
      async handle({ params: { month }, caller }) {
        requireOperator(caller);
        return { body: await show(month) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/billing/{month}/cancel',
      tag,
      summary: 'Stop before the next company; bills that are made stay',
      params: monthParams,
      success: { status: 202, description: 'It ends.', schema: billingSchema },
      problems: [404, 409],
      async handle({ params: { month }, caller, context }) {
        requireOperator(caller);
        await audit(caller, 'billing.cancel', month, context.requestId);
        if (!(await requestBillingCancel(db, month))) throw notRunning();
        return { body: await show(month) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/billing/{month}/companies',
      tag,
      summary: 'Add a company to a billing that runs',
      params: monthParams,
      body: addCompanyBody,
      success: { status: 201, description: 'It stands on the list.', schema: addedSchema },
      problems: [409],
      async handle({ params: { month }, body, caller, context }) {
        requireOperator(caller);
        const company = await writeScope(db, caller, body.company);
        await audit(caller, `billing.add ${company.slug}`, month, context.requestId);
        const change = await addBill(db, month, company.id);
        if (change === 'not-running') throw notRunning();
        return { body: { company: company.slug, change } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/billing/{month}/bills',
      tag,
      summary: 'Bills of a month, by company',
      params: monthParams,
      query: billsQuery,
      success: { status: 200, description: 'A page of bills.', schema: billsSchema },
      async handle({ params: { month }, query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const { status, limit, after = null } = query;
        const rows = await listBills(db, month, { companyId, status, after, limit: limit + 1 });
        const items = rows.slice(0, limit);
        return { body: { items, next: rows.length > limit ? items.at(-1)!.company : null } };
      },
    }),
  ];
}
