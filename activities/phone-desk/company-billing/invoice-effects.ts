import type { Bill } from '../../../db/phone-desk/billing/bills.ts';
import type { Deps } from '../../../platform/deps.ts';

/** Stripe allows 25 requests a second to an endpoint (providers sheet 3.1); others use it, too. */
const quota = { key: 'stripe:billing', permits: 20, windowMs: 1_000 };

/** With what the keys of a bill's effects begin. */
export const billKeys = ({ company_id, month }: Pick<Bill, 'company_id' | 'month'>): string =>
  `bill:${company_id}:${month}:`;

/** What every effect of a bill has. `part`: the invoice, one of its lines, its end. A later draft has its own. */
export function billEffect(
  deps: Deps,
  bill: Pick<Bill, 'company_id' | 'month' | 'draft_number'>,
  part: string,
) {
  const { company_id: companyId, month, draft_number: draft } = bill;
  return {
    key: `${billKeys(bill)}${draft > 1 ? `draft-${draft}:` : ''}${part}`,
    vendor: 'stripe',
    companyId,
    entity: month,
    quota,
    classify: deps.stripeFailure,
  };
}
