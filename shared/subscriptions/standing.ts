/** How far a company is with paying: which step of the reminders stands. */
export type DunningStage = 'none' | 'first' | 'second' | 'final';

/** What a company is told about its subscription. */
export type SubscriptionNoticeKind =
  | 'trial-ending'
  | 'payment-failed-first'
  | 'payment-failed-second'
  | 'payment-failed-final'
  | 'deactivated'
  | 'paid-again';

/** The steps of the reminders. */
export const reminderKinds = [
  'payment-failed-first',
  'payment-failed-second',
  'payment-failed-final',
] as const;

/** Statuses of Stripe under which a company may take bookings; an overdue payment is reminded first. */
const open = new Set(['active', 'trialing', 'past_due']);
/** Statuses that end that. */
const closed = new Set(['canceled', 'unpaid', 'paused']);

/** `unchanged`: a subscription that never came about (its first payment was not made) takes nothing away. */
export function accessOf(status: string): 'open' | 'closed' | 'unchanged' {
  if (open.has(status)) return 'open';
  return closed.has(status) ? 'closed' : 'unchanged';
}

/** Nothing more comes of it. */
export const isOver = (status: string): boolean => status === 'canceled' || status === 'incomplete_expired';

/**
 * The step of an invoice that was to be collected: the first failure, the second, and the final one from the third on
 * or when Stripe tries no more.
 */
export function dunningStage(invoice: {
  status: string;
  attempts: number;
  nextAttemptAt: Date | null;
}): DunningStage {
  const unpaid = invoice.status === 'open' || invoice.status === 'uncollectible';
  if (!unpaid || invoice.attempts === 0) return 'none';
  if (invoice.attempts >= 3 || invoice.nextAttemptAt === null) return 'final';
  return invoice.attempts === 1 ? 'first' : 'second';
}
