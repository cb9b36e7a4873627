import { type Bill, draftMade, giveUpDraft, readBill } from '../../../db/phone-desk/billing/bills.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure, findFailure } from '../../../shared/failures.ts';
import { billTitle } from '../../../shared/phone-desk/bill-text.ts';
import type { BillKey } from '../../../workflows/phone-desk/company-billing/contract.ts';
import { billEffect } from './invoice-effects.ts';

/**
 * The draft of the invoice; Stripe does nothing with it by itself. Returns its id. An earlier attempt's draft that was
 * deleted, or belongs to a customer that the company is not any more, is followed by another.
 */
export async function createInvoice(deps: Deps, { companyId, month }: BillKey): Promise<string> {
  const earlier = await readBill(deps.db, companyId, month);
  if (earlier?.stripe_invoice_id && (await isOfNoUse(deps, earlier, earlier.stripe_invoice_id))) {
    await giveUpDraft(deps.db, earlier);
  }
  const bill = await readBill(deps.db, companyId, month);
  const customerId = bill?.stripe_customer_id;
  if (!bill?.currency || !customerId) throw failure('NotFound', `no fixed bill of ${companyId} for ${month}`);
  const { currency, created_at: since } = bill;
  const effect = billEffect(deps, bill, 'invoice');
  const { id } = await deps.effects.once({
    ...effect,
    operation: 'invoices.create',
    also: (made) => draftMade(companyId, month, made.id),
    lookUp: async () => {
      const found = await deps.stripe.invoices.find(customerId, effect.key, since);
      return found && { id: found.id };
    },
    async perform() {
      const invoice = await deps.stripe.invoices.create(
        {
          customerId,
          currency,
          description: billTitle(bill.locale, month),
          collect: 'charge',
          autoAdvance: false,
          metadata: { company_id: companyId, month },
        },
        effect.key,
      );
      return { id: invoice.id };
    },
  });
  return id;
}

async function isOfNoUse(deps: Deps, bill: Bill, invoiceId: string): Promise<boolean> {
  try {
    const { status, customerId } = await deps.reads.read({
      ...billEffect(deps, bill, 'invoice'),
      operation: 'invoices.retrieve',
      ask: () => deps.stripe.invoices.retrieve(invoiceId),
    });
    return status === 'draft' && customerId !== bill.stripe_customer_id;
  } catch (error) {
    const failed = findFailure(error);
    const { code } = (failed?.details?.[0] ?? {}) as { code?: string };
    if (failed?.type === 'VendorRejected' && code === 'resource_missing') return true;
    throw error;
  }
}
