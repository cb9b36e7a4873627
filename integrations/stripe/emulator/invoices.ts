import type { Books } from './books.ts';
import { invalid, StripeRefusal } from './errors.ts';
import type { Events } from './events.ts';
import { type Draft, lineOf, newInvoice, withTotal } from './invoice-draft.ts';
import { DECLINED, type Payments } from './payments.ts';
import type { Standing } from './standing.ts';
import type { Invoice, InvoiceItem, InvoiceLine } from './wire-invoices.ts';

/** The life of an invoice: draft, open, and paid, void or given up. */
export function stripeInvoices(books: Books, events: Events, payments: Payments, standing: Standing) {
  const emit = (type: string, invoice: Invoice, at: number) => events.emit(type, invoice, at);

  function shown(invoice: Invoice, withPayments: boolean) {
    return {
      ...invoice,
      ...(withPayments
        ? {
            payments: {
              object: 'list',
              data: payments.of(invoice.id),
              has_more: false,
              url: `/v1/invoices/${invoice.id}/payments`,
            },
          }
        : {}),
    };
  }

  function draft(input: Draft, lines: Omit<InvoiceLine, 'invoice'>[], at: number): Invoice {
    const customer = books.customers.get(input.customer);
    const invoice = newInvoice(books.nextId('in_'), customer, input, lines, at);
    books.invoices.put(invoice);
    if (customer.currency === null) books.customers.put({ ...customer, currency: input.currency });
    emit('invoice.created', invoice, at);
    return invoice;
  }

  /** Takes an item in as a line of a draft. */
  function addLine(invoiceId: string, item: InvoiceItem): Invoice {
    const invoice = books.invoices.get(invoiceId, 'invoice');
    if (invoice.status !== 'draft') {
      throw invalid('This invoice is no longer editable', { code: 'invoice_not_editable', param: 'invoice' });
    }
    if (invoice.currency !== item.currency) {
      throw invalid(
        `The currency of the invoice item (${item.currency}) does not match the currency of the invoice (${invoice.currency}).`,
        { param: 'currency' },
      );
    }
    const data = [...invoice.lines.data, { ...lineOf(books.nextId('il_'), item), invoice: invoiceId }];
    return books.invoices.put(
      withTotal({ ...invoice, lines: { ...invoice.lines, data, total_count: data.length } }),
    );
  }

  const inStatus = (id: string, allowed: Invoice['status'][], message: string): Invoice => {
    const invoice = books.invoices.get(id);
    if (!allowed.includes(invoice.status)) throw invalid(message);
    return invoice;
  };

  function paid(invoice: Invoice, at: number): Invoice {
    const settled = books.invoices.put({
      ...invoice,
      status: 'paid',
      amount_paid: invoice.amount_due,
      amount_remaining: 0,
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: { ...invoice.status_transitions, paid_at: at },
    });
    emit('invoice.paid', settled, at);
    emit('invoice.payment_succeeded', settled, at);
    standing.afterPaid(settled, at);
    return settled;
  }

  function finalize(id: string, at: number): Invoice {
    const before = inStatus(
      id,
      ['draft'],
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
    );
    if (before.lines.data.length === 0)
      throw invalid('You cannot finalize an invoice without lines.', {
        code: 'invoice_no_customer_line_items',
      });
    const customer = books.customers.get(before.customer);
    const number = `${customer.invoice_prefix}-${String(customer.next_invoice_sequence).padStart(4, '0')}`;
    books.customers.put({ ...customer, next_invoice_sequence: customer.next_invoice_sequence + 1 });
    const invoice = books.invoices.put({
      ...before,
      status: 'open',
      number,
      effective_at: at,
      automatically_finalizes_at: null,
      hosted_invoice_url: `https://invoice.stripe.example/i/${id}`,
      invoice_pdf: `https://invoice.stripe.example/i/${id}/pdf`,
      status_transitions: { ...before.status_transitions, finalized_at: at },
    });
    emit('invoice.finalized', invoice, at);
    if (invoice.amount_remaining === 0) return paid(invoice, at);
    payments.open(invoice, at);
    const collects = invoice.auto_advance && invoice.collection_method === 'charge_automatically';
    return collects ? books.invoices.put({ ...invoice, next_payment_attempt: at }) : invoice;
  }

  /** The card that an invoice is collected from. */
  const cardOf = (invoice: Invoice): string | null =>
    standing.subscriptionOf(invoice)?.default_payment_method ??
    books.customers.get(invoice.customer).invoice_settings.default_payment_method;

  /** One attempt. */
  function collect(id: string, at: number, card: string | null): Invoice {
    const invoice = books.invoices.get(id);
    if (card && payments.charge(invoice, card, at)) {
      return paid({ ...invoice, attempt_count: invoice.attempt_count + 1, attempted: true }, at);
    }
    const attempts = invoice.attempt_count + 1;
    const failed = books.invoices.put({
      ...invoice,
      attempt_count: attempts,
      attempted: true,
      next_payment_attempt: standing.nextAttempt(invoice, attempts, at),
    });
    emit('invoice.payment_failed', failed, at);
    standing.afterFailed(failed, at);
    return failed;
  }

  return {
    shown,
    draft,
    addLine,
    finalize,
    collect,
    cardOf,
    /** `POST /pay`: a declined card is an error, and counts as an attempt. */
    pay(id: string, card: string | null, outOfBand: boolean, at: number): Invoice {
      if (books.invoices.get(id).status === 'paid') {
        throw invalid('Invoice is already paid', { code: 'invoice_already_paid' });
      }
      const open = () => {
        const { status } = books.invoices.get(id);
        if (status === 'draft') return finalize(id, at);
        return inStatus(id, ['open', 'uncollectible'], `Invoices of status ${status} cannot be paid.`);
      };
      const invoice = open();
      if (invoice.status === 'paid') return invoice;
      if (outOfBand) {
        payments.cancel(id, at);
        return paid(invoice, at);
      }
      const method = card ?? cardOf(invoice);
      if (!method) {
        throw invalid(
          'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
          { code: 'resource_missing' },
        );
      }
      const result = collect(id, at, method);
      if (result.status === 'paid') return result;
      const declined = { code: 'card_declined', decline_code: 'generic_decline', message: DECLINED };
      throw new StripeRefusal(402, { type: 'card_error', ...declined }, () => {
        open();
        collect(id, at, method);
      });
    },
    send(id: string, at: number): Invoice {
      const found = books.invoices.get(id);
      const invoice = found.status === 'draft' ? finalize(id, at) : found;
      if (invoice.collection_method !== 'send_invoice') {
        throw invalid('You can only manually send an invoice if its collection method is `send_invoice`.');
      }
      emit('invoice.sent', invoice, at);
      return invoice;
    },
    void(id: string, at: number): Invoice {
      const before = inStatus(
        id,
        ['open', 'uncollectible'],
        "You can only pass in open invoices. This invoice isn't open.",
      );
      payments.cancel(id, at);
      const invoice = books.invoices.put({
        ...before,
        status: 'void',
        amount_remaining: 0,
        next_payment_attempt: null,
        status_transitions: { ...before.status_transitions, voided_at: at },
      });
      emit('invoice.voided', invoice, at);
      return invoice;
    },
    markUncollectible(id: string, at: number): Invoice {
      const before = inStatus(id, ['open'], "You can only pass in open invoices. This invoice isn't open.");
      const invoice = books.invoices.put({
        ...before,
        status: 'uncollectible',
        next_payment_attempt: null,
        status_transitions: { ...before.status_transitions, marked_uncollectible_at: at },
      });
      emit('invoice.marked_uncollectible', invoice, at);
      return invoice;
    },
    remove(id: string, at: number) {
      const invoice = inStatus(id, ['draft'], 'You can only delete draft invoices.');
      books.invoices.remove(id);
      emit('invoice.deleted', invoice, at);
      return { id, object: 'invoice', deleted: true };
    },
  };
}

export type Invoices = ReturnType<typeof stripeInvoices>;
