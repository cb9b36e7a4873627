import { endBill } from '../../../db/phone-desk/billing/bills.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { BillKey } from '../../../workflows/phone-desk/company-billing/contract.ts';
import { addInvoiceLine } from './add-invoice-line.ts';
import { createInvoice } from './create-invoice.ts';
import { finalizeInvoice } from './finalize-invoice.ts';
import { fixCompanyBill } from './fix-bill.ts';

/** What the `company-billing` chain does to the outside; contents only. */
export function createCompanyBillingActivities(deps: Deps) {
  return {
    fixCompanyBill: fixCompanyBill.bind(null, deps),
    createInvoice: createInvoice.bind(null, deps),
    addInvoiceLine: addInvoiceLine.bind(null, deps),
    finalizeInvoice: finalizeInvoice.bind(null, deps),
    noteFailedBill: ({ companyId, month }: BillKey, reason: string) =>
      endBill(deps.db, companyId, month, { status: 'failed', reason }),
  };
}

export type CompanyBillingActivities = ReturnType<typeof createCompanyBillingActivities>;
