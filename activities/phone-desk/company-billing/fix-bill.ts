import { endBill, fixBill, readBill } from '../../../db/phone-desk/billing/bills.ts';
import { measureUsage } from '../../../db/phone-desk/billing/usage.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { monthSpan } from '../../../shared/phone-desk/month-span.ts';
import type { BillKey } from '../../../workflows/phone-desk/company-billing/contract.ts';

/** `due`: to be invoiced, with the kinds of its lines. */
export type FixedBill =
  | { status: 'due'; lines: string[] }
  | { status: 'invoiced' | 'nothing-due' | 'not-begun' };

/**
 * Measures what the company used in the month, by its own clock, and fixes the bill with that. Throws `InvalidInput` for
 * a company that cannot be invoiced.
 */
export async function fixCompanyBill(deps: Deps, { companyId, month }: BillKey): Promise<FixedBill> {
  const bill = await readBill(deps.db, companyId, month);
  if (!bill) throw failure('NotFound', `no bill of company ${companyId} for ${month}`);
  if (bill.status === 'invoiced') return { status: 'invoiced' };
  if (bill.cancel_requested_at) return { status: 'not-begun' };
  const span = monthSpan(month, bill.time_zone);
  if (span.to > deps.clock()) throw failure('InvalidInput', `${month} is not over for company ${companyId}`);
  const totalCents = await fixBill(deps.db, bill, await measureUsage(deps.db, companyId, span));
  if (totalCents === 0) {
    await endBill(deps.db, companyId, month, { status: 'nothing-due' });
    return { status: 'nothing-due' };
  }
  if (!bill.stripe_customer_id) {
    throw failure(
      'InvalidInput',
      'the company is no customer at Stripe yet: it has to go through the checkout',
    );
  }
  const fixed = await readBill(deps.db, companyId, month);
  return { status: 'due', lines: (fixed?.lines ?? []).map(({ kind }) => kind) };
}
