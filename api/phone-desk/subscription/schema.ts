import { z } from 'zod';
import { companySlug, text, timestamp } from '../../fields.ts';

export const companyParams = z.strictObject({ slug: text(100) });
export const invoiceParams = z.strictObject({ id: text(200) });

export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string('is required')
    .min(1)
    .max(200)
    .meta({ description: 'The same key with the same body gives the same answer and acts once.' }),
});

const address = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).max(1_000);

export const checkoutBody = z
  .strictObject({
    priceId: text(200)
      .optional()
      .meta({ description: 'One of the prices of the settings; the first by default.' }),
    successUrl: address.optional(),
    cancelUrl: address.optional(),
  })
  .meta({ id: 'NewCheckout' });

export const checkoutSchema = z
  .object({ id: z.string(), url: z.string(), expiresAt: z.string() })
  .meta({ id: 'Checkout', description: 'A page at Stripe on which the company subscribes.' });

export const portalBody = z.strictObject({ returnUrl: address.optional() }).meta({ id: 'NewPortal' });
export const portalSchema = z.object({ url: z.string() }).meta({
  id: 'Portal',
  description: 'A page at Stripe on which the company changes card and subscription.',
});

export const refundBody = z
  .strictObject({
    amountCents: z.int().positive('must be at least 1').meta({ description: 'Minor units of the invoice.' }),
  })
  .meta({ id: 'NewRefund' });

export const requestSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['cancel', 'refund']),
    status: z
      .enum(['accepted', 'done', 'refused'])
      .meta({ description: 'accepted: it is on its way; the subscription tells what became of it.' }),
    refusal: z.string().nullable(),
    invoiceId: z.string().nullable(),
    amountCents: z.int().nullable(),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: 'SubscriptionRequest' });

const invoiceSchema = z
  .object({
    id: z.string(),
    number: z.string().nullable(),
    status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']),
    currency: z.string(),
    totalCents: z.int(),
    paidCents: z.int(),
    refundedCents: z.int(),
    oddCurrency: z.boolean().meta({ description: 'Not the currency of the company: it is not counted.' }),
    attempts: z.int(),
    nextAttemptAt: timestamp.nullable(),
    hostedUrl: z.string().nullable(),
    pdfUrl: z.string().nullable(),
    createdAt: timestamp,
    paidAt: timestamp.nullable(),
  })
  .meta({ id: 'Invoice' });

const noticeSchema = z
  .object({
    kind: z.enum([
      'trial-ending',
      'payment-failed-first',
      'payment-failed-second',
      'payment-failed-final',
      'deactivated',
      'paid-again',
    ]),
    invoiceId: z.string().nullable(),
    status: z.enum(['pending', 'sent', 'skipped', 'failed', 'unknown']),
    reason: z.string().nullable(),
    createdAt: timestamp,
    sentAt: timestamp.nullable(),
  })
  .meta({ id: 'SubscriptionNotice' });

export const subscriptionSchema = z
  .object({
    company: companySlug,
    status: z.string().meta({ description: 'As Stripe has it, or none.' }),
    newBookings: z
      .boolean()
      .meta({ description: 'false: the subscription is over; what is booked goes on.' }),
    dataKeptUntil: timestamp.nullable(),
    price: z
      .object({
        id: z.string(),
        unitAmountCents: z.int().nullable(),
        quantity: z.int(),
        currency: z.string(),
      })
      .nullable(),
    trialEndsAt: timestamp.nullable(),
    periodStartsAt: timestamp.nullable(),
    periodEndsAt: timestamp.nullable(),
    cancelAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    dunningStage: z.enum(['none', 'first', 'second', 'final']),
    paidCents: z
      .int()
      .meta({ description: 'All that was paid in the currency of the company, refunds taken off.' }),
    readAt: timestamp.nullable().meta({ description: 'When Stripe was asked last.' }),
    invoices: z.array(invoiceSchema).meta({ description: 'The newest 50.' }),
    requests: z.array(requestSchema).meta({ description: 'Cancellations and refunds, the newest 50.' }),
    notices: z.array(noticeSchema).meta({ description: 'The newest 50.' }),
  })
  .meta({ id: 'Subscription' });
