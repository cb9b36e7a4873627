import type { Books } from './books.ts';
import type { Events } from './events.ts';
import type { Charge, PaymentIntent } from './wire.ts';
import type { Invoice, InvoicePayment } from './wire-invoices.ts';

export const DECLINED = 'Your card was declined.';

/** What is paid for invoices: one intent per invoice, one charge per attempt. */
export function stripePayments(books: Books, events: Events) {
  const paymentOf = (invoiceId: string): InvoicePayment | undefined =>
    books.invoicePayments.all().find(({ invoice, is_default }) => invoice === invoiceId && is_default);

  /** The intent of an invoice that is due. */
  function open(invoice: Invoice, at: number): void {
    const intent = books.paymentIntents.put({
      id: books.nextId('pi_'),
      object: 'payment_intent',
      created: at,
      livemode: false,
      metadata: {},
      amount: invoice.amount_remaining,
      amount_received: 0,
      currency: invoice.currency,
      customer: invoice.customer,
      last_payment_error: null,
      latest_charge: null,
      payment_method: null,
      payment_method_types: ['card'],
      status: 'requires_payment_method',
    });
    books.invoicePayments.put({
      id: books.nextId('inpay_'),
      object: 'invoice_payment',
      amount_paid: null,
      amount_requested: invoice.amount_remaining,
      created: at,
      currency: invoice.currency,
      invoice: invoice.id,
      is_default: true,
      livemode: false,
      payment: { type: 'payment_intent', payment_intent: intent.id },
      status: 'open',
      status_transitions: { canceled_at: null, paid_at: null },
    });
  }

  /** One attempt with this card. Returns whether the money came. */
  function charge(invoice: Invoice, method: string, at: number): boolean {
    const payment = paymentOf(invoice.id)!;
    const intent = books.paymentIntents.get(payment.payment.payment_intent);
    const paid = books.cards.get(method) !== 'declined';
    const made: Charge = books.charges.put({
      id: books.nextId('ch_'),
      object: 'charge',
      created: at,
      livemode: false,
      metadata: {},
      amount: intent.amount,
      amount_captured: paid ? intent.amount : 0,
      amount_refunded: 0,
      captured: paid,
      currency: intent.currency,
      customer: intent.customer,
      failure_code: paid ? null : 'card_declined',
      failure_message: paid ? null : DECLINED,
      paid,
      payment_intent: intent.id,
      payment_method: method,
      refunded: false,
      status: paid ? 'succeeded' : 'failed',
    });
    const settled: PaymentIntent = books.paymentIntents.put({
      ...intent,
      latest_charge: made.id,
      payment_method: paid ? method : null,
      amount_received: paid ? intent.amount : 0,
      last_payment_error: paid ? null : { type: 'card_error', code: 'card_declined', message: DECLINED },
      status: paid ? 'succeeded' : 'requires_payment_method',
    });
    if (paid) {
      books.invoicePayments.put({
        ...payment,
        amount_paid: intent.amount,
        status: 'paid',
        status_transitions: { canceled_at: null, paid_at: at },
      });
    }
    events.emit(paid ? 'charge.succeeded' : 'charge.failed', made, at);
    events.emit(paid ? 'payment_intent.succeeded' : 'payment_intent.payment_failed', settled, at);
    return paid;
  }

  /** Nothing is to be paid any more. */
  function cancel(invoiceId: string, at: number): void {
    const payment = paymentOf(invoiceId);
    if (payment?.status !== 'open') return;
    books.invoicePayments.put({
      ...payment,
      status: 'canceled',
      status_transitions: { canceled_at: at, paid_at: null },
    });
    books.paymentIntents.put({
      ...books.paymentIntents.get(payment.payment.payment_intent),
      status: 'canceled',
    });
  }

  return {
    open,
    charge,
    cancel,
    of: (invoiceId: string) => books.invoicePayments.all().filter(({ invoice }) => invoice === invoiceId),
  };
}

export type Payments = ReturnType<typeof stripePayments>;
