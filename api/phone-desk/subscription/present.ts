import type { Company } from '../../../db/companies.ts';
import type { Db } from '../../../db/connect.ts';
import { invoicesOf, paidCentsOf } from '../../../db/phone-desk/billing/invoices.ts';
import { noticesOf } from '../../../db/phone-desk/subscription/subscription-notices.ts';
import {
  requestsOf,
  type SubscriptionRequest,
} from '../../../db/phone-desk/subscription/subscription-requests.ts';
import { readSubscription } from '../../../db/phone-desk/subscription/subscriptions.ts';
import { readAtOnce } from '../../../db/read-at-once.ts';

const SHOWN = 50;

/** Who asked stands in the audit log. */
export const presentRequest = ({ companyId: _, requestedBy: __, ...request }: SubscriptionRequest) => request;

/** Everything about a company's subscription, as it was read at Stripe last. */
export async function presentSubscription(db: Db, { id, slug }: Company) {
  const { row, invoices, notices, requests, paidCents } = await readAtOnce(db, async (moment) => ({
    row: await readSubscription(moment, id),
    invoices: await invoicesOf(moment, id, SHOWN),
    notices: await noticesOf(moment, id, SHOWN),
    requests: await requestsOf(moment, id, SHOWN),
    paidCents: await paidCentsOf(moment, id),
  }));
  return {
    company: slug,
    status: row.status ?? 'none',
    newBookings: row.suspended_at === null,
    dataKeptUntil: row.data_kept_until,
    price:
      row.price_id && row.currency
        ? {
            id: row.price_id,
            unitAmountCents: row.unit_amount_cents,
            quantity: row.quantity ?? 1,
            currency: row.currency,
          }
        : null,
    trialEndsAt: row.trial_ends_at,
    periodStartsAt: row.period_starts_at,
    periodEndsAt: row.period_ends_at,
    cancelAt: row.cancel_at,
    endedAt: row.ended_at,
    dunningStage: row.dunning_stage ?? 'none',
    paidCents,
    readAt: row.read_at,
    invoices: invoices.map((invoice) => ({
      id: invoice.id,
      number: invoice.number,
      status: invoice.status,
      currency: invoice.currency,
      totalCents: invoice.total_cents,
      paidCents: invoice.paid_cents,
      refundedCents: invoice.refunded_cents,
      oddCurrency: invoice.odd_currency,
      attempts: invoice.attempts,
      nextAttemptAt: invoice.next_attempt_at,
      hostedUrl: invoice.hosted_url,
      pdfUrl: invoice.pdf_url,
      createdAt: invoice.created_at,
      paidAt: invoice.paid_at,
    })),
    requests: requests.map(presentRequest),
    notices: notices.map((notice) => ({
      kind: notice.kind,
      invoiceId: notice.invoice_id,
      status: notice.status,
      reason: notice.reason,
      createdAt: notice.created_at,
      sentAt: notice.sent_at,
    })),
  };
}
