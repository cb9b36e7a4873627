import type Stripe from 'stripe';

/** A subscription as we read it. Amounts are in the currency's minor unit, moments in UTC. */
export interface StripeSubscription {
  id: string;
  customerId: string;
  /** `active`, `trialing`, `past_due`, `unpaid`, `paused`, `incomplete`, `incomplete_expired`, `canceled`. */
  status: string;
  /** ISO 4217, upper case. */
  currency: string;
  priceId: string | null;
  unitAmountCents: number | null;
  quantity: number;
  trialEndsAt: Date | null;
  periodStartsAt: Date | null;
  periodEndsAt: Date | null;
  /** When it ends, if that is decided. */
  cancelAt: Date | null;
  endedAt: Date | null;
  createdAt: Date;
  /** The test clock by which it lives; null: real time. */
  testClockId: string | null;
}

/** An invoice as we read it. */
export interface StripeInvoice {
  id: string;
  number: string | null;
  customerId: string | null;
  subscriptionId: string | null;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  /** ISO 4217, upper case. */
  currency: string;
  totalCents: number;
  paidCents: number;
  remainingCents: number;
  /** Attempts to collect it so far. */
  attempts: number;
  nextAttemptAt: Date | null;
  /** `subscription_create`, `subscription_cycle`, `manual`, … */
  billingReason: string | null;
  createdAt: Date;
  paidAt: Date | null;
  /** Where the customer can pay or read it. */
  hostedUrl: string | null;
  pdfUrl: string | null;
  /** What it was or is to be paid with; only where it was asked for. */
  paymentIntentId: string | null;
  metadata: Record<string, string>;
}

/** What a customer has paid in one go. */
export interface StripeCharge {
  id: string;
  paymentIntentId: string | null;
  amountCents: number;
  refundedCents: number;
  succeeded: boolean;
}

export interface StripeRefund {
  id: string;
  amountCents: number;
  /** `pending`, `requires_action`, `succeeded`, `failed`, `canceled`. */
  status: string;
}

const idOf = (reference: string | { id: string } | null | undefined): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null);
const toDate = (unixSeconds: number | null | undefined): Date | null =>
  unixSeconds == null ? null : new Date(unixSeconds * 1000);

/** Since API version Basil the period stands on the items, not on the subscription. */
export function readSubscription(subscription: Stripe.Subscription): StripeSubscription {
  const item = subscription.items.data[0];
  const ends =
    subscription.cancel_at ?? (subscription.cancel_at_period_end ? item?.current_period_end : null);
  return {
    id: subscription.id,
    customerId: idOf(subscription.customer)!,
    status: subscription.status,
    currency: subscription.currency.toUpperCase(),
    priceId: item?.price.id ?? null,
    unitAmountCents: item?.price.unit_amount ?? null,
    quantity: item?.quantity ?? 1,
    trialEndsAt: toDate(subscription.trial_end),
    periodStartsAt: toDate(item?.current_period_start),
    periodEndsAt: toDate(item?.current_period_end),
    cancelAt: toDate(ends),
    endedAt: toDate(subscription.ended_at),
    createdAt: new Date(subscription.created * 1000),
    testClockId: idOf(subscription.test_clock),
  };
}

/** Since API version Basil the subscription stands under `parent`, and payments in a list of their own. */
export function readInvoice(invoice: Stripe.Invoice): StripeInvoice {
  const payments = invoice.payments?.data ?? [];
  const payment =
    payments.find(({ status }) => status === 'paid') ?? payments.find(({ is_default }) => is_default);
  return {
    id: invoice.id,
    number: invoice.number,
    customerId: idOf(invoice.customer),
    subscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
    status: (invoice.status ?? 'draft') as StripeInvoice['status'],
    currency: invoice.currency.toUpperCase(),
    totalCents: invoice.total,
    paidCents: invoice.amount_paid,
    remainingCents: invoice.amount_remaining,
    attempts: invoice.attempt_count,
    nextAttemptAt: toDate(invoice.next_payment_attempt),
    billingReason: invoice.billing_reason,
    createdAt: new Date(invoice.created * 1000),
    paidAt: toDate(invoice.status_transitions.paid_at),
    hostedUrl: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
    paymentIntentId: idOf(payment?.payment.payment_intent),
    metadata: invoice.metadata ?? {},
  };
}

export const readCharge = (charge: Stripe.Charge): StripeCharge => ({
  id: charge.id,
  paymentIntentId: idOf(charge.payment_intent),
  amountCents: charge.amount_captured,
  refundedCents: charge.amount_refunded,
  succeeded: charge.status === 'succeeded',
});

export const readRefund = (refund: Stripe.Refund): StripeRefund => ({
  id: refund.id,
  amountCents: refund.amount,
  status: refund.status ?? 'pending',
});
