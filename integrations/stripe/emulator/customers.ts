import { z } from 'zod';
import type { Books } from './books.ts';
import { invalid, missing, StripeRefusal } from './errors.ts';
import type { Events } from './events.ts';
import { list as listOf, mergeMetadata, metadata } from './form.ts';
import { DECLINED } from './payments.ts';
import type { Customer, PaymentMethod } from './wire.ts';

const fields = {
  name: z.string().max(256).optional(),
  email: z
    .string()
    .max(512)
    .regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'not an e-mail address')
    .optional(),
  description: z.string().optional(),
  metadata: metadata.optional(),
  preferred_locales: listOf(z.string()).optional(),
  invoice_settings: z.strictObject({ default_payment_method: z.string().optional() }).optional(),
};
export const createCustomerSchema = z.strictObject({
  ...fields,
  payment_method: z.string().optional(),
  test_clock: z.string().optional(),
});
export const updateCustomerSchema = z.strictObject(fields);
export const attachSchema = z.strictObject({ customer: z.string() });

/** Cards for tests (docs.stripe.com/testing): those that can be kept, and what they do when charged. */
const testCards: Record<string, { last4: string; charged: 'good' | 'declined' }> = {
  pm_card_visa: { last4: '4242', charged: 'good' },
  pm_card_chargeCustomerFail: { last4: '0341', charged: 'declined' },
};

export function stripeCustomers(books: Books, events: Events) {
  const living = (id: string, param = 'customer'): Customer => {
    const customer = books.customers.get(id, param);
    if (customer.deleted) throw missing('customer', id, param);
    return customer;
  };

  /** Keeps a card for a customer. Of a test card every customer gets one of their own. */
  function attach(id: string, customerId: string): PaymentMethod {
    const customer = living(customerId);
    if (id === 'pm_card_visa_chargeDeclined') {
      const problem = { code: 'card_declined', decline_code: 'generic_decline', message: DECLINED };
      throw new StripeRefusal(402, { type: 'card_error', ...problem });
    }
    const known = books.paymentMethods.find(id);
    const card = testCards[id];
    if (!known && !card) throw missing('PaymentMethod', id, 'payment_method');
    if (known?.customer && known.customer !== customerId) {
      throw invalid('The payment method you provided has already been attached to a customer.');
    }
    const method = books.paymentMethods.put(
      known
        ? { ...known, customer: customerId }
        : {
            id: books.nextId('pm_'),
            object: 'payment_method',
            created: books.now(customer.test_clock),
            livemode: false,
            metadata: {},
            type: 'card',
            customer: customerId,
            card: {
              brand: 'visa',
              last4: card!.last4,
              exp_month: 12,
              exp_year: 2034,
              country: 'US',
              funding: 'credit',
            },
          },
    );
    if (card) books.cards.put(method.id, card.charged);
    events.emit('payment_method.attached', method, books.now(customer.test_clock));
    return method;
  }

  const ownMethod = (customerId: string, id: string, param: string): string => {
    const method = books.paymentMethods.get(id, param);
    if (method.customer === customerId) return method.id;
    throw invalid(`The customer does not have a payment method with the ID ${id}.`, {
      code: 'resource_missing',
      param,
    });
  };

  return {
    living,
    attach,
    ownMethod,
    create(input: z.output<typeof createCustomerSchema>): Customer {
      const clock = input.test_clock ?? null;
      if (clock) books.clocks.get(clock, 'test_clock');
      const id = books.nextId('cus_');
      const customer = books.customers.put({
        id,
        object: 'customer',
        created: books.now(clock),
        livemode: false,
        metadata: mergeMetadata({}, input.metadata),
        name: input.name ?? null,
        email: input.email ?? null,
        description: input.description ?? null,
        preferred_locales: input.preferred_locales ?? [],
        currency: null,
        delinquent: false,
        invoice_prefix: id.slice(-8).toUpperCase(),
        next_invoice_sequence: 1,
        invoice_settings: { default_payment_method: null },
        test_clock: clock,
      });
      events.emit('customer.created', customer, customer.created);
      if (input.payment_method) {
        const method = attach(input.payment_method, id);
        const settings = input.invoice_settings?.default_payment_method;
        if (settings === input.payment_method) {
          return books.customers.put({
            ...customer,
            invoice_settings: { default_payment_method: method.id },
          });
        }
      }
      return customer;
    },
    update(id: string, input: z.output<typeof updateCustomerSchema>): Customer {
      const before = living(id, 'id');
      const { invoice_settings: settings, metadata: change, ...plain } = input;
      const method = settings?.default_payment_method;
      const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
      const customer = books.customers.put({
        ...before,
        ...given,
        metadata: mergeMetadata(before.metadata, change),
        ...(method
          ? {
              invoice_settings: {
                default_payment_method: ownMethod(id, method, 'invoice_settings[default_payment_method]'),
              },
            }
          : {}),
      });
      events.emit('customer.updated', customer, books.now(customer.test_clock));
      return customer;
    },
    /** It stays as a name without anything; its subscriptions have been ended before. */
    remove(id: string) {
      const before = living(id, 'id');
      books.customers.put({ ...before, deleted: true });
      events.emit('customer.deleted', before, books.now(before.test_clock));
      return { id, object: 'customer', deleted: true };
    },
    shown: (customer: Customer) =>
      customer.deleted
        ? { id: customer.id, object: 'customer', deleted: true }
        : { address: null, balance: 0, default_source: null, phone: null, shipping: null, ...customer },
  };
}

export type Customers = ReturnType<typeof stripeCustomers>;
