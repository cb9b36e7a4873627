import { companyBillingWorkflowId } from '../../../shared/ids.ts';

export interface BillKey {
  companyId: string;
  /** `YYYY-MM`. */
  month: string;
}

/**
 * Every way the bill of a company can end; a failed one may be tried again and bills the same. `not-begun`: the billing
 * was cancelled before it was this company's turn.
 */
export type CompanyBillingResult =
  | { status: 'invoiced' | 'nothing-due' | 'not-begun' }
  | { status: 'failed'; reason: string };

/** One run per company and month: another company's has another id. */
export const companyBillingId = ({ companyId, month }: BillKey) => companyBillingWorkflowId(companyId, month);
