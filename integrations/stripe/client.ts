import { connectStripe, type StripeConfig } from './connection.ts';
import { createInvoices } from './invoices.ts';
import { findByKey, KEY_FIELD, since, underKey } from './keyed.ts';
import {
  readCharge,
  readRefund,
  readSubscription,
  type StripeCharge,
  type StripeRefund,
  type StripeSubscription,
} from './objects.ts';
import { createOwnerSearch } from './owner.ts';

export interface NewCustomer {
  name: string;
  email: string;
  /** BCP 47. */
  locale: string;
  companyId: string;
}

export interface NewCheckout {
  customerId: string;
  companyId: string;
  priceId: string;
  /** ISO 4217; the price must have it. */
  currency: string;
  /** 0: paid from the first day. */
  trialDays: number;
  successUrl: string;
  cancelUrl: string;
}

export interface OpenedCheckout {
  id: string;
  /** Where the customer pays. */
  url: string;
  expiresAt: string;
}

export interface NewRefund {
  paymentIntentId: string;
  amountCents: number;
  metadata: Record<string, string>;
}

/**
 * Stripe through its own library, without its repeats, in the shapes of `objects.ts`. What changes something takes our
 * key and leaves it in the metadata; the `find` beside it tells whether it was done. Errors are the library's:
 * `classifyStripeError` reads them.
 */
export function createStripeClient(config: StripeConfig) {
  const stripe = connectStripe(config);

  return {
    /** Whether Stripe answers and takes our key. */
    async ping(): Promise<void> {
      await stripe.balance.retrieve();
    },
    invoices: createInvoices(stripe),
    /** The customer of what a thin event names. */
    ownerOf: createOwnerSearch(stripe),

    customers: {
      async create({ name, email, locale, companyId }: NewCustomer, key: string): Promise<{ id: string }> {
        const metadata = { company_id: companyId, [KEY_FIELD]: key };
        const { id } = await underKey(key, (options) =>
          stripe.customers.create({ name, email, preferred_locales: [locale], metadata }, options),
        );
        return { id };
      },
      /** Whether it was deleted: what it had may still be listed. */
      isDeleted: async (id: string): Promise<boolean> => 'deleted' in (await stripe.customers.retrieve(id)),
      async find(key: string, madeSince: Date): Promise<{ id: string } | null> {
        const found = await findByKey(stripe.customers.list({ limit: 100, ...since(madeSince) }), key);
        return found && { id: found.id };
      },
    },

    checkout: {
      async create(wanted: NewCheckout, key: string): Promise<OpenedCheckout> {
        const { customerId, companyId, trialDays } = wanted;
        const session = await underKey(key, (options) =>
          stripe.checkout.sessions.create(
            {
              mode: 'subscription',
              customer: customerId,
              client_reference_id: companyId,
              currency: wanted.currency.toLowerCase(),
              line_items: [{ price: wanted.priceId, quantity: 1 }],
              subscription_data: {
                ...(trialDays > 0 ? { trial_period_days: trialDays } : {}),
                metadata: { company_id: companyId },
              },
              success_url: wanted.successUrl,
              cancel_url: wanted.cancelUrl,
              metadata: { company_id: companyId, [KEY_FIELD]: key },
            },
            options,
          ),
        );
        return openedCheckout(session);
      },
      async find(customerId: string, key: string): Promise<OpenedCheckout | null> {
        const found = await findByKey(
          stripe.checkout.sessions.list({ customer: customerId, limit: 100 }),
          key,
        );
        return found && openedCheckout(found);
      },
    },

    portal: {
      /** A page on which the customer changes card and subscription; it lives for minutes. */
      async open(customerId: string, returnUrl: string): Promise<{ url: string }> {
        const { url } = await stripe.billingPortal.sessions.create({
          customer: customerId,
          return_url: returnUrl,
        });
        return { url };
      },
    },

    subscriptions: {
      /** All that a customer has or had, newest first. */
      async list(customerId: string): Promise<StripeSubscription[]> {
        const found = stripe.subscriptions.list({ customer: customerId, status: 'all', limit: 100 });
        return (await found.autoPagingToArray({ limit: 100 })).map(readSubscription);
      },
      retrieve: async (id: string): Promise<StripeSubscription> =>
        readSubscription(await stripe.subscriptions.retrieve(id)),
      /** It ends with the period that is paid for. */
      cancelAtPeriodEnd: async (id: string, key: string): Promise<StripeSubscription> =>
        readSubscription(
          await underKey(key, (options) =>
            stripe.subscriptions.update(id, { cancel_at_period_end: true }, options),
          ),
        ),
      /** The time of a subscription's test clock. */
      async timeOf(testClockId: string): Promise<Date> {
        const { frozen_time } = await stripe.testHelpers.testClocks.retrieve(testClockId);
        return new Date(frozen_time * 1000);
      },
    },

    charges: {
      /** What a customer has paid, newest first, at most `limit`. */
      async list(customerId: string, limit = 100): Promise<StripeCharge[]> {
        const found = stripe.charges.list({ customer: customerId, limit: 100 });
        return (await found.autoPagingToArray({ limit })).map(readCharge);
      },
    },

    refunds: {
      async create(
        { paymentIntentId, amountCents, metadata }: NewRefund,
        key: string,
      ): Promise<StripeRefund> {
        const refund = await underKey(key, (options) =>
          stripe.refunds.create(
            {
              payment_intent: paymentIntentId,
              amount: amountCents,
              reason: 'requested_by_customer',
              metadata: { ...metadata, [KEY_FIELD]: key },
            },
            options,
          ),
        );
        return readRefund(refund);
      },
      async find(paymentIntentId: string, key: string): Promise<StripeRefund | null> {
        const list = stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 });
        const found = await findByKey(list, key);
        return found && readRefund(found);
      },
      retrieve: async (id: string): Promise<StripeRefund> => readRefund(await stripe.refunds.retrieve(id)),
    },
  };
}

export type StripeClient = ReturnType<typeof createStripeClient>;

/** A session that is over has no address any more. */
const openedCheckout = (session: { id: string; url: string | null; expires_at: number }): OpenedCheckout => ({
  id: session.id,
  url: session.url ?? '',
  expiresAt: new Date(session.expires_at * 1000).toISOString(),
});
