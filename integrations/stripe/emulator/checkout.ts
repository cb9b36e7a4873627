import { z } from 'zod';
import type { Books } from './books.ts';
import type { Customers } from './customers.ts';
import { invalid, StripeRefusal } from './errors.ts';
import type { Events } from './events.ts';
import { integer, list, mergeMetadata, metadata } from './form.ts';
import { DECLINED } from './payments.ts';
import type { Prices } from './prices.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { CheckoutSession } from './wire.ts';

const DAY_S = 86_400;

export const createSessionSchema = z.strictObject({
  mode: z.literal('subscription'),
  customer: z.string(),
  client_reference_id: z.string().max(200).optional(),
  currency: z.string().length(3).toLowerCase().optional(),
  line_items: list(z.strictObject({ price: z.string(), quantity: integer.default(1) })),
  subscription_data: z
    .strictObject({
      trial_period_days: integer.pipe(z.number().min(1).max(730)).optional(),
      metadata: metadata.optional(),
    })
    .optional(),
  success_url: z.url(),
  cancel_url: z.url().optional(),
  metadata: metadata.optional(),
});

/** With which card a customer pays on the page: one that works, one that is refused, one that is refused later. */
export const pageCards = {
  good: 'pm_card_visa',
  declined: 'pm_card_visa_chargeDeclined',
  'declined-later': 'pm_card_chargeCustomerFail',
} as const;
export type PageCard = keyof typeof pageCards;

/** Checkout: a page on which a customer subscribes. */
export function stripeCheckout(
  books: Books,
  events: Events,
  customers: Customers,
  prices: Prices,
  subscriptions: Subscriptions,
) {
  return {
    create(input: z.output<typeof createSessionSchema>, pageUrl: (id: string) => string): CheckoutSession {
      const customer = customers.living(input.customer);
      const [item, ...others] = input.line_items;
      if (!item || others.length > 0)
        throw invalid('This emulator sells one price at a time.', { param: 'line_items' });
      const price = prices.inCurrency(item.price, input.currency, 'line_items[0][price]');
      const id = books.nextId('cs_test_');
      const at = books.now(customer.test_clock);
      const amount = price.unit_amount * item.quantity;
      const trialDays = input.subscription_data?.trial_period_days ?? 0;
      books.plans.put(id, {
        price: item.price,
        trialDays,
        metadata: mergeMetadata({}, input.subscription_data?.metadata),
      });
      return books.sessions.put({
        id,
        object: 'checkout.session',
        created: at,
        livemode: false,
        metadata: mergeMetadata({}, input.metadata),
        amount_subtotal: trialDays > 0 ? 0 : amount,
        amount_total: trialDays > 0 ? 0 : amount,
        cancel_url: input.cancel_url ?? null,
        client_reference_id: input.client_reference_id ?? null,
        currency: price.currency,
        customer: customer.id,
        expires_at: at + DAY_S,
        invoice: null,
        mode: 'subscription',
        payment_method_collection: 'always',
        payment_status: 'unpaid',
        status: 'open',
        subscription: null,
        success_url: input.success_url,
        ui_mode: 'hosted_page',
        url: pageUrl(id),
      });
    },

    /** The customer presses the button. A card that is refused leaves the page open. */
    complete(id: string, card: PageCard): CheckoutSession {
      const session = books.sessions.get(id);
      if (session.status !== 'open') throw invalid(`This Checkout Session is ${session.status}.`);
      const plan = books.plans.get(id)!;
      if (card === 'declined-later' && plan.trialDays === 0) {
        const problem = { code: 'card_declined', decline_code: 'generic_decline', message: DECLINED };
        throw new StripeRefusal(402, { type: 'card_error', ...problem });
      }
      const method = customers.attach(pageCards[card], session.customer);
      const subscription = subscriptions.create({
        customer: session.customer,
        price: prices.inCurrency(plan.price, session.currency, 'price'),
        quantity: 1,
        paymentMethod: method.id,
        trialDays: plan.trialDays,
        metadata: plan.metadata,
      });
      const complete = books.sessions.put({
        ...session,
        status: 'complete',
        payment_status: plan.trialDays > 0 ? 'no_payment_required' : 'paid',
        subscription: subscription.id,
        invoice: subscription.latest_invoice,
        url: null,
      });
      const at = books.now(books.customers.get(session.customer).test_clock);
      events.emit('checkout.session.completed', complete, at);
      return complete;
    },

    expire(id: string): CheckoutSession {
      const session = books.sessions.get(id);
      if (session.status !== 'open') {
        throw invalid(
          `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
        );
      }
      const expired = books.sessions.put({ ...session, status: 'expired', url: null });
      events.emit('checkout.session.expired', expired, books.now(null));
      return expired;
    },
  };
}

export type Checkout = ReturnType<typeof stripeCheckout>;
