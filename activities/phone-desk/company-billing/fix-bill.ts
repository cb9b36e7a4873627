import { retryRefused } from '../../../db/effects.ts';
import {
  type Bill,
  endBill,
  fixBill,
  type Measured,
  readBill,
  readMeasured,
} from '../../../db/phone-desk/billing/bills.ts';
import { measureUsage } from '../../../db/phone-desk/billing/usage.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { addMonths } from '../../../shared/phone-desk/month.ts';
import { monthSpan } from '../../../shared/phone-desk/month-span.ts';
import { lineId, usageBeyond } from '../../../shared/phone-desk/prices.ts';
import type { BillKey } from '../../../workflows/phone-desk/company-billing/contract.ts';
import { billKeys } from './invoice-effects.ts';

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
  if (monthSpan(month, bill.time_zone).to > deps.clock()) {
    throw failure('InvalidInput', `${month} is not over for company ${companyId}`);
  }
  if (bill.attempts > 0) await retryRefused(deps.db, billKeys(bill));
  const totalCents = await fixBill(deps.db, bill, await measure(deps, bill));
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
  return { status: 'due', lines: (fixed?.lines ?? []).map(lineId) };
}

/**
 * A month begins where the one before was measured to: a company that moves to another zone is neither billed twice nor
 * let off. What became known of that month after it was billed, a call that was reported late, is billed now.
 */
async function measure({ db }: Deps, { company_id, month, time_zone }: Bill): Promise<Measured> {
  const before = await readMeasured(db, company_id, addMonths(month, -1));
  const { from, to } = monthSpan(month, time_zone);
  const span = { from: before?.span.to ?? from, to };
  const usage = await measureUsage(db, company_id, span);
  if (!before) return { span, usage, late: null };
  const known = await measureUsage(db, company_id, before.span);
  return { span, usage, late: { month: before.month, usage: usageBeyond(known, before.usage) } };
}
