import type { InvoiceRow } from '../../../db/phone-desk/billing/invoices.ts';
import type { SubscriptionState } from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { StripeInvoice, StripeSubscription } from '../../../integrations/stripe/objects.ts';
import { accessOf, type DunningStage, dunningStage, isOver } from '../../../shared/subscriptions/standing.ts';
import type { StripeAccount } from './read-account.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long before its end a trial is announced: when Stripe does so, too. */
const TRIAL_NOTICE_MS = 3 * DAY_MS;

const stages: readonly DunningStage[] = ['none', 'first', 'second', 'final'];

/** What the account of a company at Stripe means. */
export interface FoldedAccount {
  state: SubscriptionState;
  access: 'open' | 'closed' | 'unchanged';
  invoices: Omit<InvoiceRow, 'company_id'>[];
  /** Invoices that were to be collected and were not, with the step of each. */
  overdue: { invoiceId: string; stage: Exclude<DunningStage, 'none'> }[];
  /** The trial is about to end and goes over into a payment. */
  trialEnding: boolean;
  /** Subscriptions that run beside each other. */
  running: string[];
  /** When something is due that Stripe should tell; null: nothing. */
  nextDueInMs: number | null;
}

/** Folds what stands at Stripe into one state; which events have told of it, and in which order, is not asked. */
export function foldAccount(account: StripeAccount, companyCurrency: string): FoldedAccount {
  const subscription = currentOf(account.subscriptions);
  const status = subscription?.status ?? 'none';
  const invoices = account.invoices
    .filter(({ status: of }) => of !== 'draft')
    .map((invoice) => invoiceRow(invoice, account, companyCurrency));
  const overdue = isOver(status) ? [] : overdueOf(account.invoices, companyCurrency);
  const highest = Math.max(0, ...overdue.map(({ stage }) => stages.indexOf(stage)));
  const leftOfTrialMs = (subscription?.trialEndsAt?.getTime() ?? 0) - account.now.getTime();
  return {
    state: {
      stripe_subscription_id: subscription?.id ?? null,
      status,
      currency: subscription?.currency ?? null,
      price_id: subscription?.priceId ?? null,
      unit_amount_cents: subscription?.unitAmountCents ?? null,
      quantity: subscription?.quantity ?? null,
      trial_ends_at: subscription?.trialEndsAt ?? null,
      period_starts_at: subscription?.periodStartsAt ?? null,
      period_ends_at: subscription?.periodEndsAt ?? null,
      cancel_at: subscription?.cancelAt ?? null,
      ended_at: subscription?.endedAt ?? null,
      dunning_stage: stages[highest]!,
    },
    access: accessOfAll(account.subscriptions),
    invoices,
    overdue,
    trialEnding:
      status === 'trialing' &&
      subscription!.cancelAt === null &&
      leftOfTrialMs > 0 &&
      leftOfTrialMs <= TRIAL_NOTICE_MS,
    running: account.subscriptions.filter((each) => accessOf(each.status) === 'open').map(({ id }) => id),
    nextDueInMs: nextDue(account, subscription),
  };
}

/** Of several subscriptions the one that serves now; among equals the newest. */
function currentOf(subscriptions: StripeSubscription[]): StripeSubscription | null {
  const rank = ({ status }: StripeSubscription) => (accessOf(status) === 'open' ? 0 : isOver(status) ? 2 : 1);
  const [current] = [...subscriptions].sort(
    (a, b) => rank(a) - rank(b) || b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1),
  );
  return current ?? null;
}

/** A subscription that never came about does not hide that the one before has ended. */
function accessOfAll(subscriptions: StripeSubscription[]): FoldedAccount['access'] {
  const each = subscriptions.map(({ status }) => accessOf(status));
  if (each.includes('open')) return 'open';
  return each.includes('closed') ? 'closed' : 'unchanged';
}

function overdueOf(invoices: StripeInvoice[], companyCurrency: string): FoldedAccount['overdue'] {
  return invoices.flatMap((invoice) => {
    const stage = dunningStage(invoice);
    return stage === 'none' || invoice.currency !== companyCurrency ? [] : [{ invoiceId: invoice.id, stage }];
  });
}

function invoiceRow(
  invoice: StripeInvoice,
  { charges }: StripeAccount,
  companyCurrency: string,
): Omit<InvoiceRow, 'company_id'> {
  const refundedCents = charges
    .filter(({ paymentIntentId }) => paymentIntentId !== null && paymentIntentId === invoice.paymentIntentId)
    .reduce((cents, charge) => cents + charge.refundedCents, 0);
  return {
    id: invoice.id,
    subscription_id: invoice.subscriptionId,
    number: invoice.number,
    status: invoice.status,
    currency: invoice.currency,
    total_cents: invoice.totalCents,
    paid_cents: invoice.paidCents,
    remaining_cents: invoice.remainingCents,
    refunded_cents: refundedCents,
    attempts: invoice.attempts,
    next_attempt_at: invoice.nextAttemptAt,
    billing_reason: invoice.billingReason,
    payment_intent_id: invoice.paymentIntentId,
    hosted_url: invoice.hostedUrl,
    pdf_url: invoice.pdfUrl,
    odd_currency: invoice.currency !== companyCurrency,
    created_at: invoice.createdAt,
    paid_at: invoice.paidAt,
  };
}

/** Events may be lost: a while after something was due, Stripe is asked what came of it. */
function nextDue({ now, invoices }: StripeAccount, subscription: StripeSubscription | null): number | null {
  if (!subscription || isOver(subscription.status)) return null;
  const { trialEndsAt, periodEndsAt } = subscription;
  const moments = [
    trialEndsAt && trialEndsAt.getTime() - TRIAL_NOTICE_MS,
    periodEndsAt && periodEndsAt.getTime() + 2 * HOUR_MS,
    ...invoices.map(({ nextAttemptAt }) => nextAttemptAt && nextAttemptAt.getTime() + HOUR_MS),
  ];
  const ahead = moments.flatMap((moment) =>
    moment !== null && moment > now.getTime() ? [moment - now.getTime()] : [],
  );
  return ahead.length > 0 ? Math.min(...ahead) : null;
}
