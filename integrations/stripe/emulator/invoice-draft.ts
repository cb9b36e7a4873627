import type { Customer, Subscription } from './wire.ts';
import type { Invoice, InvoiceItem, InvoiceLine } from './wire-invoices.ts';

const HOUR_S = 3_600;
const DAY_S = 86_400;

export interface Draft {
  customer: string;
  currency: string;
  billingReason: Invoice['billing_reason'];
  collection: Invoice['collection_method'];
  daysUntilDue: number | null;
  autoAdvance: boolean;
  description: string | null;
  metadata: Record<string, string>;
  subscription: { id: string; metadata: Record<string, string> } | null;
  period: { start: number; end: number };
}

/** A draft as it is made. */
export function newInvoice(
  id: string,
  customer: Customer,
  input: Draft,
  lines: Omit<InvoiceLine, 'invoice'>[],
  at: number,
): Invoice {
  return withTotal({
    id,
    object: 'invoice',
    created: at,
    livemode: false,
    metadata: input.metadata,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: input.autoAdvance,
    automatically_finalizes_at: input.autoAdvance ? at + HOUR_S : null,
    billing_reason: input.billingReason,
    collection_method: input.collection,
    currency: input.currency,
    customer: customer.id,
    customer_email: customer.email,
    customer_name: customer.name,
    description: input.description,
    due_date: input.daysUntilDue === null ? null : at + input.daysUntilDue * DAY_S,
    effective_at: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    lines: {
      object: 'list',
      data: lines.map((line) => ({ ...line, invoice: id })),
      has_more: false,
      total_count: lines.length,
      url: `/v1/invoices/${id}/lines`,
    },
    next_payment_attempt: null,
    number: null,
    parent: input.subscription && {
      type: 'subscription_details',
      quote_details: null,
      subscription_details: { metadata: input.subscription.metadata, subscription: input.subscription.id },
    },
    period_end: input.period.end,
    period_start: input.period.start,
    status: 'draft',
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: 0,
    test_clock: customer.test_clock,
    total: 0,
  });
}

/** With the sums of its lines. */
export function withTotal(invoice: Invoice): Invoice {
  const sum = invoice.lines.data.reduce((cents, { amount }) => cents + amount, 0);
  const due = Math.max(0, sum);
  return { ...invoice, subtotal: sum, total: sum, amount_due: due, amount_remaining: due };
}

/** A line as it stands for an invoice item. */
export const lineOf = (id: string, item: InvoiceItem): Omit<InvoiceLine, 'invoice'> => ({
  id,
  object: 'line_item',
  amount: item.amount,
  currency: item.currency,
  description: item.description,
  livemode: false,
  metadata: item.metadata,
  parent: {
    type: 'invoice_item_details',
    invoice_item_details: {
      invoice_item: item.id,
      proration: false,
      proration_details: { credited_items: null },
      subscription: null,
    },
    subscription_item_details: null,
  },
  period: item.period,
  pricing: item.pricing,
  quantity: item.quantity,
  subtotal: item.amount,
});

/** The line of a subscription for the period that it is in. */
export function periodLine(
  id: string,
  subscription: Subscription,
  free: boolean,
): Omit<InvoiceLine, 'invoice'> {
  const item = subscription.items.data[0]!;
  const amount = free ? 0 : item.price.unit_amount * item.quantity;
  return {
    id,
    object: 'line_item',
    amount,
    currency: subscription.currency,
    description: free ? 'Trial period' : `${item.quantity} × ${item.price.nickname ?? item.price.product}`,
    livemode: false,
    metadata: subscription.metadata,
    parent: {
      type: 'subscription_item_details',
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
    },
    period: { start: item.current_period_start, end: item.current_period_end },
    pricing: {
      type: 'price_details',
      price_details: { price: item.price.id, product: item.price.product },
      unit_amount_decimal: item.price.unit_amount_decimal,
    },
    quantity: item.quantity,
    subtotal: amount,
  };
}
