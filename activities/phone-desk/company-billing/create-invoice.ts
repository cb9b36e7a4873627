import { readBill } from '../../../db/phone-desk/billing/bills.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import type { BillKey } from '../../../workflows/phone-desk/company-billing/contract.ts';
import { billEffect } from './invoice-effects.ts';

/** The draft of the invoice; Stripe does nothing with it by itself. Returns its id. */
export async function createInvoice(deps: Deps, { companyId, month }: BillKey): Promise<string> {
  const bill = await readBill(deps.db, companyId, month);
  const customerId = bill?.stripe_customer_id;
  if (!bill?.currency || !customerId) throw failure('NotFound', `no fixed bill of ${companyId} for ${month}`);
  const { currency, created_at: since } = bill;
  const effect = billEffect(deps, bill, 'invoice');
  const { id } = await deps.effects.once({
    ...effect,
    operation: 'invoices.create',
    lookUp: async () => {
      const found = await deps.stripe.invoices.find(customerId, effect.key, since);
      return found && { id: found.id };
    },
    async perform() {
      const invoice = await deps.stripe.invoices.create(
        {
          customerId,
          currency,
          description: `${month}`,
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
