import type { Bill } from '../../../db/phone-desk/billing/bills.ts';
import type { Deps } from '../../../platform/deps.ts';

/** Stripe allows 25 requests a second to an endpoint (providers sheet 3.1); others use it, too. */
const quota = { key: 'stripe:billing', permits: 20, windowMs: 1_000 };

/** What every effect of a bill has. `part`: the invoice, one of its lines, its end. */
export function billEffect(deps: Deps, bill: Pick<Bill, 'company_id' | 'month'>, part: string) {
  const { company_id: companyId, month } = bill;
  return {
    key: `bill:${companyId}:${month}:${part}`,
    vendor: 'stripe',
    companyId,
    entity: month,
    quota,
    classify: deps.stripeFailure,
  };
}
