import type Stripe from 'stripe';
import { findByKey, KEY_FIELD, since, underKey } from './keyed.ts';
import { readInvoice, type StripeInvoice } from './objects.ts';

const expand = ['payments'];

export interface NewInvoice {
  customerId: string;
  /** ISO 4217. */
  currency: string;
  description?: string;
  /** `charge`: the customer's card, by `pay` or by Stripe; a number: sent, and due after so many days. */
  collect: 'charge' | { daysUntilDue: number };
  /** Whether Stripe goes on by itself: finalizes it after an hour, collects, repeats. */
  autoAdvance: boolean;
  metadata: Record<string, string>;
}

export interface NewInvoiceItem {
  invoiceId: string;
  customerId: string;
  /** In the minor unit of the invoice's currency; negative: a credit. */
  amountCents: number;
  currency: string;
  description: string;
  metadata: Record<string, string>;
}

/**
 * Invoices by Stripe's library. Whatever changes something takes our key: a repeat within a day is answered and not
 * done, and later `find` and `items` tell whether it was. Errors are the library's: `classifyStripeError` reads them.
 */
export function createInvoices(stripe: Stripe) {
  return {
    /** An empty draft; what waits for the customer's next invoice is not taken in. */
    async create(
      { customerId, currency, description, collect, autoAdvance, metadata }: NewInvoice,
      key: string,
    ): Promise<StripeInvoice> {
      const invoice = await underKey(key, (options) =>
        stripe.invoices.create(
          {
            customer: customerId,
            currency: currency.toLowerCase(),
            ...(description === undefined ? {} : { description }),
            ...(collect === 'charge'
              ? { collection_method: 'charge_automatically' as const }
              : { collection_method: 'send_invoice' as const, days_until_due: collect.daysUntilDue }),
            auto_advance: autoAdvance,
            pending_invoice_items_behavior: 'exclude',
            metadata: { ...metadata, [KEY_FIELD]: key },
          },
          options,
        ),
      );
      return readInvoice(invoice);
    },

    /** Adds a line to a draft; returns the id of the item. */
    async addItem(item: NewInvoiceItem, key: string): Promise<{ id: string }> {
      const { id } = await underKey(key, (options) =>
        stripe.invoiceItems.create(
          {
            customer: item.customerId,
            invoice: item.invoiceId,
            amount: item.amountCents,
            currency: item.currency.toLowerCase(),
            description: item.description,
            metadata: { ...item.metadata, [KEY_FIELD]: key },
          },
          options,
        ),
      );
      return { id };
    },

    /** Numbers it and makes it due; from then on it cannot be changed. `autoAdvance`: Stripe collects it and repeats. */
    finalize: async (
      id: string,
      key: string,
      { autoAdvance }: { autoAdvance?: boolean } = {},
    ): Promise<StripeInvoice> => {
      const params = { expand, ...(autoAdvance === undefined ? {} : { auto_advance: autoAdvance }) };
      return readInvoice(
        await underKey(key, (options) => stripe.invoices.finalizeInvoice(id, params, options)),
      );
    },

    /** Collects it now. A declined card is a `StripeCardError`. */
    pay: async (id: string, key: string): Promise<StripeInvoice> =>
      readInvoice(await underKey(key, (options) => stripe.invoices.pay(id, { expand }, options))),

    /** Has Stripe mail it. */
    send: async (id: string, key: string): Promise<StripeInvoice> =>
      readInvoice(await underKey(key, (options) => stripe.invoices.sendInvoice(id, { expand }, options))),

    /** It never was: what is open of it is not owed any more. */
    void: async (id: string, key: string): Promise<StripeInvoice> =>
      readInvoice(await underKey(key, (options) => stripe.invoices.voidInvoice(id, { expand }, options))),

    retrieve: async (id: string): Promise<StripeInvoice> =>
      readInvoice(await stripe.invoices.retrieve(id, { expand })),

    /** The invoices of a customer, newest first, at most `limit`. */
    async list(customerId: string, limit = 100): Promise<StripeInvoice[]> {
      const found = stripe.invoices.list({ customer: customerId, limit: 100, expand: ['data.payments'] });
      return (await found.autoPagingToArray({ limit })).map(readInvoice);
    },

    /** The invoice that was made under this key; null: there surely is none. */
    async find(customerId: string, key: string, madeSince: Date): Promise<StripeInvoice | null> {
      const list = stripe.invoices.list({ customer: customerId, limit: 100, ...since(madeSince) });
      const found = await findByKey(list, key);
      return found && readInvoice(found);
    },

    /** The item that was added under this key; null: there surely is none. */
    async findItem(invoiceId: string, key: string): Promise<{ id: string } | null> {
      const found = await findByKey(stripe.invoiceItems.list({ invoice: invoiceId, limit: 100 }), key);
      return found && { id: found.id };
    },
  };
}

export type StripeInvoices = ReturnType<typeof createInvoices>;
