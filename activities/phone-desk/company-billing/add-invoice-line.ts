import { readBill } from '../../../db/phone-desk/billing/bills.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { lineText } from '../../../shared/phone-desk/bill-text.ts';
import { lineId } from '../../../shared/phone-desk/prices.ts';
import type { BillKey } from '../../../workflows/phone-desk/company-billing/contract.ts';
import { billEffect } from './invoice-effects.ts';

/** Puts a line of the bill on the draft. */
export async function addInvoiceLine(
  deps: Deps,
  { companyId, month }: BillKey,
  invoiceId: string,
  id: string,
): Promise<void> {
  const bill = await readBill(deps.db, companyId, month);
  const line = bill?.lines?.find((each) => lineId(each) === id);
  const customerId = bill?.stripe_customer_id;
  if (!bill?.currency || !line || !customerId) {
    throw failure('NotFound', `no line ${id} on the bill of ${companyId} for ${month}`);
  }
  const { currency, locale } = bill;
  const effect = billEffect(deps, bill, `line:${id}`);
  await deps.effects.once({
    ...effect,
    operation: 'invoiceitems.create',
    lookUp: () => deps.stripe.invoices.findItem(invoiceId, effect.key),
    perform: () =>
      deps.stripe.invoices.addItem(
        {
          invoiceId,
          customerId,
          currency,
          amountCents: line.amountCents,
          description: lineText(line, { currency, locale, month }),
          metadata: {
            company_id: companyId,
            month: line.month ?? month,
            kind: line.kind,
            units: String(line.units),
          },
        },
        effect.key,
      ),
  });
}
