import type { EmulatorKit } from '../../../shared/emulator.ts';
import { missing } from './errors.ts';
import type {
  Charge,
  CheckoutSession,
  Customer,
  PaymentIntent,
  PaymentMethod,
  Price,
  Refund,
  StripeEventRecord,
  Subscription,
  TestClock,
  WebhookEndpoint,
} from './wire.ts';
import type { Invoice, InvoiceItem, InvoicePayment } from './wire-invoices.ts';

/** One kind of object. */
export interface Book<T extends { id: string }> {
  find(id: string): T | undefined;
  /** Refuses with `No such …`. */
  get(id: string, param?: string): T;
  put(value: T): T;
  remove(id: string): void;
  /** Newest first. */
  all(): T[];
}

/** What is known of this request by whatever it causes. */
export interface Cause {
  requestId: string | null;
  idempotencyKey: string | null;
}

/** Everything of one Stripe account. */
export function stripeBooks(kit: EmulatorKit) {
  function book<T extends { id: string }>(name: string, what: string): Book<T> {
    const kept = kit.collection<T>(name);
    return {
      find: (id) => kept.get(id),
      get(id, param) {
        const found = kept.get(id);
        if (!found) throw missing(what, id, param);
        return found;
      },
      put(value) {
        kept.put(value.id, value);
        return value;
      },
      remove: (id) => kept.delete(id),
      // Records stay where they were put first, also over a restart.
      all: () => kept.values().toReversed(),
    };
  }

  const clocks = book<TestClock>('clocks', 'test clock');
  return {
    customers: book<Customer>('customers', 'customer'),
    paymentMethods: book<PaymentMethod>('paymentMethods', 'PaymentMethod'),
    prices: book<Price>('prices', 'price'),
    subscriptions: book<Subscription>('subscriptions', 'subscription'),
    invoices: book<Invoice>('invoices', 'invoice'),
    invoiceItems: book<InvoiceItem>('invoiceItems', 'invoiceitem'),
    invoicePayments: book<InvoicePayment>('invoicePayments', 'invoice_payment'),
    paymentIntents: book<PaymentIntent>('paymentIntents', 'payment_intent'),
    charges: book<Charge>('charges', 'charge'),
    refunds: book<Refund>('refunds', 'refund'),
    sessions: book<CheckoutSession>('sessions', 'checkout.session'),
    clocks,
    events: book<StripeEventRecord>('events', 'event'),
    endpoints: book<WebhookEndpoint>('endpoints', 'webhook endpoint'),
    /** Of checkout sessions: what they do when they are completed. */
    plans: kit.collection<{ price: string; trialDays: number; metadata: Record<string, string> }>('plans'),
    /** Of subscriptions: the trial whose end was announced. */
    announced: kit.collection<number>('announcedTrials'),
    /** What `pm_…` does when it is charged. */
    cards: kit.collection<'good' | 'declined'>('cards'),
    nextId: kit.nextId,
    /** The time of what lives by this clock. */
    now: (clock: string | null): number =>
      (clock && clocks.find(clock)?.frozen_time) || Math.floor(Date.now() / 1000),
    cause: { requestId: null, idempotencyKey: null } as Cause,
  };
}

export type Books = ReturnType<typeof stripeBooks>;
