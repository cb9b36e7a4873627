import { z } from 'zod';
import type { Books } from './books.ts';
import type { Customers } from './customers.ts';
import { invalid } from './errors.ts';
import type { Events } from './events.ts';
import {
  cents,
  createdFields,
  expand,
  flag,
  integer,
  mergeMetadata,
  metadata,
  moment,
  pageFields,
} from './form.ts';
import type { Invoices } from './invoices.ts';
import { pageOf } from './pages.ts';
import type { Routes } from './routes.ts';
import type { InvoiceItem } from './wire-invoices.ts';

const currency = z.string().length(3).toLowerCase();

const createSchema = z.strictObject({
  customer: z.string(),
  currency: currency.optional(),
  description: z.string().optional(),
  collection_method: z.enum(['charge_automatically', 'send_invoice']).default('charge_automatically'),
  days_until_due: integer.optional(),
  auto_advance: flag.default(false),
  pending_invoice_items_behavior: z.enum(['include', 'exclude']).default('exclude'),
  metadata: metadata.optional(),
  expand,
});
const itemSchema = z.strictObject({
  customer: z.string(),
  invoice: z.string().optional(),
  amount: cents,
  currency,
  description: z.string().optional(),
  quantity: integer.default(1),
  period: z.strictObject({ start: moment, end: moment }).optional(),
  metadata: metadata.optional(),
});
const idle = z.strictObject({ expand });

/** Invoices and their items. */
export function addInvoiceRoutes(
  { post, get, remove }: Routes,
  books: Books,
  events: Events,
  customers: Customers,
  invoices: Invoices,
): void {
  const timeOf = (id: string) => books.now(books.invoices.get(id).test_clock);
  const shown = (expanded: string[]) => (invoice: Parameters<Invoices['shown']>[0]) =>
    invoices.shown(invoice, expanded.length > 0);

  post('/v1/invoices', 'invoices.create', createSchema, (input) => {
    const customer = customers.living(input.customer);
    const sends = input.collection_method === 'send_invoice';
    if (sends !== (input.days_until_due !== undefined)) {
      throw invalid(
        'If `collection_method` is `send_invoice`, you must set `days_until_due` or `due_date`; otherwise neither.',
        { param: 'days_until_due' },
      );
    }
    const now = books.now(customer.test_clock);
    const currency = input.currency ?? customer.currency ?? 'usd';
    const draft = invoices.draft(
      {
        customer: customer.id,
        currency,
        billingReason: 'manual',
        collection: input.collection_method,
        daysUntilDue: input.days_until_due ?? null,
        autoAdvance: input.auto_advance,
        description: input.description ?? null,
        metadata: mergeMetadata({}, input.metadata),
        subscription: null,
        period: { start: now, end: now },
      },
      [],
      now,
    );
    if (input.pending_invoice_items_behavior === 'include') {
      for (const item of books.invoiceItems.all()) {
        if (item.customer !== customer.id || item.invoice !== null || item.currency !== currency) continue;
        books.invoiceItems.put({ ...item, invoice: draft.id });
        invoices.addLine(draft.id, item);
      }
    }
    return shown(input.expand)(books.invoices.get(draft.id));
  });
  get(
    '/v1/invoices',
    'invoices.list',
    z.strictObject({
      customer: z.string().optional(),
      subscription: z.string().optional(),
      status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
      ...createdFields,
      ...pageFields,
    }),
    (query) => {
      const found = books.invoices
        .all()
        .filter(
          ({ customer, parent, status }) =>
            (query.customer === undefined || query.customer === customer) &&
            (query.status === undefined || query.status === status) &&
            (query.subscription === undefined ||
              query.subscription === parent?.subscription_details.subscription),
        );
      return pageOf(found, query, '/v1/invoices', shown(query.expand)).body;
    },
  );
  get('/v1/invoices/:id', 'invoices.retrieve', idle, (query, id) =>
    shown(query.expand)(books.invoices.get(id)),
  );
  post(
    '/v1/invoices/:id/finalize',
    'invoices.finalize',
    z.strictObject({ auto_advance: flag.optional(), expand }),
    (input, id) => {
      if (input.auto_advance !== undefined) {
        books.invoices.put({ ...books.invoices.get(id), auto_advance: input.auto_advance });
      }
      return shown(input.expand)(invoices.finalize(id, timeOf(id)));
    },
  );
  post(
    '/v1/invoices/:id/pay',
    'invoices.pay',
    z.strictObject({
      payment_method: z.string().optional(),
      paid_out_of_band: flag.default(false),
      expand,
    }),
    (input, id) =>
      shown(input.expand)(invoices.pay(id, input.payment_method ?? null, input.paid_out_of_band, timeOf(id))),
  );
  post('/v1/invoices/:id/send', 'invoices.send', idle, (input, id) =>
    shown(input.expand)(invoices.send(id, timeOf(id))),
  );
  post('/v1/invoices/:id/void', 'invoices.void', idle, (input, id) =>
    shown(input.expand)(invoices.void(id, timeOf(id))),
  );
  post('/v1/invoices/:id/mark_uncollectible', 'invoices.markUncollectible', idle, (input, id) =>
    shown(input.expand)(invoices.markUncollectible(id, timeOf(id))),
  );
  remove('/v1/invoices/:id', 'invoices.delete', (id) => invoices.remove(id, timeOf(id)));

  post('/v1/invoiceitems', 'invoiceitems.create', itemSchema, (input) => {
    const customer = customers.living(input.customer);
    const now = books.now(customer.test_clock);
    const invoice = input.invoice ? books.invoices.get(input.invoice, 'invoice') : null;
    if (invoice && invoice.customer !== customer.id) {
      throw invalid('The invoice belongs to another customer.', { param: 'invoice' });
    }
    const item: InvoiceItem = books.invoiceItems.put({
      id: books.nextId('ii_'),
      object: 'invoiceitem',
      amount: input.amount,
      currency: input.currency,
      customer: customer.id,
      date: now,
      description: input.description ?? null,
      discountable: input.amount > 0,
      invoice: invoice?.id ?? null,
      livemode: false,
      metadata: mergeMetadata({}, input.metadata),
      parent: null,
      period: input.period ?? { start: now, end: now },
      pricing: { type: 'price_details', price_details: null, unit_amount_decimal: String(input.amount) },
      proration: false,
      quantity: input.quantity,
      test_clock: customer.test_clock,
    });
    if (invoice) invoices.addLine(invoice.id, item);
    events.emit('invoiceitem.created', item, now);
    return item;
  });
  get(
    '/v1/invoiceitems',
    'invoiceitems.list',
    z.strictObject({
      customer: z.string().optional(),
      invoice: z.string().optional(),
      pending: flag.optional(),
      ...pageFields,
    }),
    (query) => {
      const found = books.invoiceItems
        .all()
        .filter(
          ({ customer, invoice }) =>
            (query.customer === undefined || query.customer === customer) &&
            (query.invoice === undefined || query.invoice === invoice) &&
            (query.pending === undefined || query.pending === (invoice === null)),
        );
      return pageOf(found, query, '/v1/invoiceitems').body;
    },
  );
}
