import type Stripe from 'stripe';

/** What a thin event is about, in Stripe's words. */
export interface StripeReference {
  /** `invoice`, `subscription`, `checkout.session`, … */
  type: string;
  id: string;
}

type Owned = { customer: string | { id: string } | null };

const customerOf = ({ customer }: Owned): string | null =>
  typeof customer === 'string' ? customer : (customer?.id ?? null);

/** Finds whose something is; null: nobody's, or a kind that we do not follow. */
export function createOwnerSearch(stripe: Stripe) {
  const readers: Record<string, (id: string) => Promise<string | null>> = {
    customer: async (id) => id,
    subscription: async (id) => customerOf(await stripe.subscriptions.retrieve(id)),
    invoice: async (id) => customerOf(await stripe.invoices.retrieve(id)),
    'checkout.session': async (id) => customerOf(await stripe.checkout.sessions.retrieve(id)),
    charge: async (id) => customerOf(await stripe.charges.retrieve(id)),
    refund: async (id) => customerOf(await stripe.refunds.retrieve(id)),
  };
  return async ({ type, id }: StripeReference): Promise<string | null> => readers[type]?.(id) ?? null;
}
