import type { Books } from './books.ts';
import type { Customers } from './customers.ts';
import { invalid } from './errors.ts';
import type { Events } from './events.ts';
import { lineOf, periodLine } from './invoice-draft.ts';
import type { Invoices } from './invoices.ts';
import { type Prices, periodEnd } from './prices.ts';
import type { Standing } from './standing.ts';
import type { Price, Subscription } from './wire.ts';
import type { Invoice } from './wire-invoices.ts';

const DAY_S = 86_400;
const INCOMPLETE_S = 23 * 3_600;

export interface NewSubscription {
  customer: string;
  price: Price;
  quantity: number;
  paymentMethod: string | null;
  trialDays: number;
  metadata: Record<string, string>;
}

/** Subscriptions of one price: trial, periods, and their end. */
export function stripeSubscriptions(
  books: Books,
  events: Events,
  customers: Customers,
  prices: Prices,
  invoices: Invoices,
  standing: Standing,
) {
  /** The invoice of the period that has just begun. */
  function bill(
    subscription: Subscription,
    reason: Invoice['billing_reason'],
    free: boolean,
    at: number,
  ): Invoice {
    const item = subscription.items.data[0]!;
    const line = periodLine(books.nextId('il_'), subscription, free);
    const waiting = books.invoiceItems
      .all()
      .filter(
        ({ customer, invoice, currency }) =>
          customer === subscription.customer && invoice === null && currency === subscription.currency,
      );
    const invoice = invoices.draft(
      {
        customer: subscription.customer,
        currency: subscription.currency,
        billingReason: reason,
        collection: 'charge_automatically',
        daysUntilDue: null,
        autoAdvance: reason === 'subscription_cycle' && subscription.status !== 'unpaid',
        description: null,
        metadata: {},
        subscription: { id: subscription.id, metadata: subscription.metadata },
        period: { start: item.current_period_start, end: item.current_period_end },
      },
      [line, ...waiting.map((each) => lineOf(books.nextId('il_'), each))],
      at,
    );
    for (const each of waiting) books.invoiceItems.put({ ...each, invoice: invoice.id });
    books.subscriptions.put({ ...books.subscriptions.get(subscription.id), latest_invoice: invoice.id });
    return invoice;
  }

  return {
    create({
      customer: customerId,
      price,
      quantity,
      paymentMethod,
      trialDays,
      metadata,
    }: NewSubscription): Subscription {
      const customer = customers.living(customerId);
      const at = books.now(customer.test_clock);
      const card = paymentMethod ?? customer.invoice_settings.default_payment_method;
      if (!card && trialDays === 0) {
        throw invalid(
          'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
          { code: 'resource_missing' },
        );
      }
      if (customer.currency !== null && customer.currency !== price.currency) {
        throw invalid(
          `You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item with currency ${customer.currency}`,
        );
      }
      const id = books.nextId('sub_');
      const trialEnd = trialDays > 0 ? at + trialDays * DAY_S : null;
      const subscription = books.subscriptions.put({
        id,
        object: 'subscription',
        created: at,
        livemode: false,
        metadata,
        billing_cycle_anchor: trialEnd ?? at,
        cancel_at: null,
        cancel_at_period_end: false,
        canceled_at: null,
        cancellation_details: { comment: null, feedback: null, reason: null },
        collection_method: 'charge_automatically',
        currency: price.currency,
        customer: customerId,
        default_payment_method: paymentMethod,
        ended_at: null,
        items: {
          object: 'list',
          data: [
            {
              id: books.nextId('si_'),
              object: 'subscription_item',
              created: at,
              current_period_start: at,
              current_period_end: trialEnd ?? periodEnd(at, at, price),
              metadata: {},
              price: prices.shown(price) as Price,
              quantity,
              subscription: id,
            },
          ],
          has_more: false,
          url: `/v1/subscription_items?subscription=${id}`,
        },
        latest_invoice: null,
        start_date: at,
        status: trialEnd === null ? 'incomplete' : 'trialing',
        test_clock: customer.test_clock,
        trial_end: trialEnd,
        trial_start: trialEnd === null ? null : at,
      });
      events.emit('customer.subscription.created', subscription, at);
      const invoice = bill(subscription, 'subscription_create', trialEnd !== null, at);
      invoices.finalize(invoice.id, at);
      if (trialEnd === null) invoices.collect(invoice.id, at, card);
      return books.subscriptions.get(id);
    },

    update(
      id: string,
      change: Partial<Pick<Subscription, 'cancel_at_period_end' | 'default_payment_method' | 'metadata'>>,
    ): Subscription {
      const before = books.subscriptions.get(id);
      if (before.ended_at !== null) {
        throw invalid('A canceled subscription can only update its cancellation_details and metadata.');
      }
      const at = books.now(before.test_clock);
      const ends = change.cancel_at_period_end;
      const period = before.items.data[0]!.current_period_end;
      const after = books.subscriptions.put({
        ...before,
        ...change,
        ...(ends === undefined
          ? {}
          : {
              cancel_at: ends ? period : null,
              canceled_at: ends ? (before.canceled_at ?? at) : null,
              cancellation_details: {
                ...before.cancellation_details,
                reason: ends ? 'cancellation_requested' : null,
              },
            }),
      });
      events.emit('customer.subscription.updated', after, at, {
        cancel_at_period_end: before.cancel_at_period_end,
      });
      return after;
    },

    cancel(id: string): Subscription {
      const subscription = books.subscriptions.get(id);
      if (subscription.ended_at !== null) {
        throw invalid(`No such subscription: '${id}'`, { code: 'resource_missing', param: 'id' }, 404);
      }
      return standing.end(id, 'cancellation_requested', books.now(subscription.test_clock));
    },

    /** What happens to a subscription next, by itself. */
    next(subscription: Subscription): { at: number; happen(): void } | null {
      const { id, status, trial_end: trialEnd, ended_at: ended } = subscription;
      if (ended !== null || status === 'incomplete_expired') return null;
      if (status === 'incomplete') {
        const at = subscription.created + INCOMPLETE_S;
        return { at, happen: () => void standing.setStatus(subscription, 'incomplete_expired', at) };
      }
      if (status === 'trialing' && trialEnd !== null && books.announced.get(id) !== trialEnd) {
        const at = Math.max(trialEnd - 3 * DAY_S, subscription.created);
        return {
          at,
          happen() {
            books.announced.put(id, trialEnd);
            events.emit('customer.subscription.trial_will_end', subscription, at);
          },
        };
      }
      const at = subscription.items.data[0]!.current_period_end;
      return { at, happen: () => renew(subscription, at) };
    },
  };

  /** A period is over: the next one begins, or nothing any more. */
  function renew(subscription: Subscription, at: number): void {
    if (subscription.cancel_at_period_end) {
      standing.end(subscription.id, 'cancellation_requested', at);
      return;
    }
    const item = subscription.items.data[0]!;
    const status = subscription.status === 'trialing' ? 'active' : subscription.status;
    const renewed = books.subscriptions.put({
      ...subscription,
      status,
      items: {
        ...subscription.items,
        data: [
          {
            ...item,
            current_period_start: at,
            current_period_end: periodEnd(subscription.billing_cycle_anchor, at, item.price),
          },
        ],
      },
    });
    bill(renewed, 'subscription_cycle', false, at);
    events.emit('customer.subscription.updated', books.subscriptions.get(renewed.id), at, {
      status: subscription.status,
    });
  }
}

export type Subscriptions = ReturnType<typeof stripeSubscriptions>;
