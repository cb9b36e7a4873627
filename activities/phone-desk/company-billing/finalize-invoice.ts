import { endBill, readBill } from '../../../db/phone-desk/billing/bills.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import type { BillKey } from '../../../workflows/phone-desk/company-billing/contract.ts';
import { billEffect } from './invoice-effects.ts';

/**
 * Makes the invoice due; from now on Stripe collects it, repeats, and tells by webhook what became of it. An invoice
 * whose sum is not that of the bill is never made due: throws `InvalidInput`.
 */
export async function finalizeInvoice(
  deps: Deps,
  { companyId, month }: BillKey,
  invoiceId: string,
): Promise<void> {
  const bill = await readBill(deps.db, companyId, month);
  if (!bill) throw failure('NotFound', `no bill of company ${companyId} for ${month}`);
  const effect = billEffect(deps, bill, 'finalized');
  const drafted = await deps.reads.read({
    ...effect,
    operation: 'invoices.retrieve',
    ask: () => deps.stripe.invoices.retrieve(invoiceId),
  });
  if (drafted.totalCents !== bill.total_cents || drafted.currency !== bill.currency) {
    const [theirs, ours] = [
      `${drafted.totalCents} ${drafted.currency}`,
      `${bill.total_cents} ${bill.currency}`,
    ];
    throw failure('InvalidInput', `the draft ${invoiceId} is over ${theirs}, the bill over ${ours}`);
  }
  await deps.effects.once({
    ...effect,
    operation: 'invoices.finalize',
    lookUp: async () => {
      const { status } = await deps.stripe.invoices.retrieve(invoiceId);
      return status === 'draft' ? null : { status };
    },
    async perform() {
      const { status } = await deps.stripe.invoices.finalize(invoiceId, effect.key, { autoAdvance: true });
      return { status };
    },
  });
  await endBill(deps.db, companyId, month, { status: 'invoiced', invoiceId });
}
