import { type Company, findCompanyBySlug } from '../../../db/companies.ts';
import { readBillingAccount } from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { conflict, HttpProblem, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import { problem } from '../../problem.ts';
import { askStripe } from './ask-stripe.ts';
import { openCheckout } from './checkout.ts';
import { requestCancellation, requestRefund } from './file-request.ts';
import { presentRequest, presentSubscription } from './present.ts';
import {
  checkoutBody,
  checkoutSchema,
  companyParams,
  idempotencyHeaders,
  invoiceParams,
  portalBody,
  portalSchema,
  refundBody,
  requestSchema,
  subscriptionSchema,
} from './schema.ts';

const TAG = 'Subscriptions';
const path = '/api/companies/{slug}/subscription';

export function subscriptionEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  /** The same answer for a company that exists and one that does not. */
  const ownCompany = async (caller: Caller, slug: string): Promise<Company> => {
    const company = await findCompanyBySlug(db, slug);
    if (!company || (caller.companyId !== null && caller.companyId !== company.id)) throw notFound('company');
    return company;
  };

  return [
    endpoint({
      method: 'get',
      path,
      tag: TAG,
      summary: 'What a company pays, and how far it is with it',
      params: companyParams,
      success: {
        status: 200,
        description: 'The subscription with invoices and notices.',
        schema: subscriptionSchema,
      },
      problems: [404],
      handle: async ({ params, caller }) => ({
        body: await presentSubscription(db, await ownCompany(caller, params.slug)),
      }),
    }),
    endpoint({
      method: 'post',
      path: `${path}/checkout`,
      tag: TAG,
      summary: 'Open a page on which the company subscribes',
      params: companyParams,
      headers: idempotencyHeaders,
      body: checkoutBody,
      success: { status: 201, description: 'The address of the page.', schema: checkoutSchema },
      problems: [404, 409],
      async handle({ params, body, headers, caller }) {
        const { id } = await ownCompany(caller, params.slug);
        return { body: await openCheckout(deps, id, body, headers['idempotency-key']) };
      },
    }),
    endpoint({
      method: 'post',
      path: `${path}/portal`,
      tag: TAG,
      summary: 'Open a page on which the company changes card and subscription',
      params: companyParams,
      body: portalBody,
      success: { status: 201, description: 'The address of the page.', schema: portalSchema },
      problems: [404, 409],
      async handle({ params, body, caller }) {
        const { id } = await ownCompany(caller, params.slug);
        return { body: await openPortal(deps, id, body.returnUrl ?? deps.env.PUBLIC_URL) };
      },
    }),
    endpoint({
      method: 'post',
      path: `${path}/cancel`,
      tag: TAG,
      summary: 'End the subscription with the period that is paid for',
      params: companyParams,
      success: { status: 202, description: 'Done, or accepted and on its way.', schema: requestSchema },
      problems: [404, 409],
      async handle({ params, caller, context }) {
        const { id } = await ownCompany(caller, params.slug);
        return { body: presentRequest(await requestCancellation(deps, caller, id, context)) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/invoices/{id}/refund',
      tag: TAG,
      summary: 'Give back a part of what was paid (operators)',
      params: invoiceParams,
      headers: idempotencyHeaders,
      body: refundBody,
      success: { status: 202, description: 'Done, or accepted and on its way.', schema: requestSchema },
      problems: [404, 409, 422],
      async handle({ params, body, headers, caller, context }) {
        if (caller.companyId !== null) {
          throw new HttpProblem(problem(403, 'operators-only', 'A company cannot refund itself.'));
        }
        const key = headers['idempotency-key'];
        return {
          body: presentRequest(await requestRefund(deps, caller, params.id, body.amountCents, key, context)),
        };
      },
    }),
  ];
}

async function openPortal(deps: ApiDeps, companyId: string, returnUrl: string): Promise<{ url: string }> {
  const account = await readBillingAccount(deps.db, companyId);
  const customerId = account?.customerId;
  if (!customerId) {
    throw conflict('no-customer', 'The company has never begun to subscribe; open a checkout first.');
  }
  return askStripe(() =>
    deps.reads.read({
      vendor: 'stripe',
      operation: 'portal.open',
      companyId,
      entity: customerId,
      classify: deps.stripeFailure,
      ask: () => deps.stripe.portal.open(customerId, returnUrl),
    }),
  );
}
