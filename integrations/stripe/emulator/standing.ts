import type { EmulatorKit } from '../../../shared/emulator.ts';
import type { Books } from './books.ts';
import type { Events } from './events.ts';
import type { Subscription, SubscriptionStatus } from './wire.ts';
import type { Invoice } from './wire-invoices.ts';

const DAY_S = 86_400;
/** Gaps between attempts to collect an invoice, as they can be set in the vendor's dashboard. */
const RETRY_AFTER_DAYS = [3, 5, 7];

/** What becomes of a subscription whose invoice is not paid in the end; a setting of the vendor's dashboard. */
export const afterRetries = ['cancel', 'mark_unpaid', 'leave_past_due'] as const;
export type AfterRetries = (typeof afterRetries)[number];

/** What payments mean for a subscription. */
export function stripeStanding(kit: EmulatorKit, books: Books, events: Events) {
  const settings = kit.collection<AfterRetries>('settings');

  function setStatus(subscription: Subscription, status: SubscriptionStatus, at: number): Subscription {
    if (subscription.status === status) return subscription;
    const changed = books.subscriptions.put({ ...subscription, status });
    events.emit('customer.subscription.updated', changed, at, { status: subscription.status });
    return changed;
  }

  /** It is over; what is open of its invoices is not collected any more. */
  function end(id: string, reason: string, at: number): Subscription {
    const subscription = books.subscriptions.get(id);
    for (const invoice of books.invoices.all()) {
      const ours = invoice.parent?.subscription_details.subscription === id;
      if (ours && (invoice.status === 'open' || invoice.status === 'draft')) {
        books.invoices.put({ ...invoice, auto_advance: false, next_payment_attempt: null });
      }
    }
    const ended = books.subscriptions.put({
      ...subscription,
      status: 'canceled',
      canceled_at: subscription.canceled_at ?? at,
      ended_at: at,
      cancellation_details: { comment: null, feedback: null, reason },
    });
    events.emit('customer.subscription.deleted', ended, at);
    return ended;
  }

  const subscriptionOf = ({ parent }: Invoice) =>
    parent ? books.subscriptions.get(parent.subscription_details.subscription) : null;

  return {
    setStatus,
    end,
    subscriptionOf,
    setAfterRetries: (choice: AfterRetries) => settings.put('afterRetries', choice),

    afterPaid(invoice: Invoice, at: number): void {
      const subscription = subscriptionOf(invoice);
      if (subscription && ['incomplete', 'past_due', 'unpaid'].includes(subscription.status)) {
        setStatus(subscription, 'active', at);
      }
    },
    /** When it is tried again; null: never. */
    nextAttempt: (invoice: Invoice, attempts: number, at: number): number | null => {
      const days = RETRY_AFTER_DAYS[attempts - 1];
      const repeats = invoice.auto_advance && invoice.billing_reason === 'subscription_cycle';
      return repeats && days !== undefined ? at + days * DAY_S : null;
    },
    afterFailed(invoice: Invoice, at: number): void {
      const subscription = subscriptionOf(invoice);
      if (!subscription || subscription.status === 'incomplete') return;
      if (subscription.ended_at !== null) return;
      const overdue =
        subscription.status === 'unpaid' ? subscription : setStatus(subscription, 'past_due', at);
      if (invoice.next_payment_attempt !== null) return;
      const choice = settings.get('afterRetries') ?? 'cancel';
      if (choice === 'cancel') end(overdue.id, 'payment_failed', at);
      if (choice === 'mark_unpaid') setStatus(overdue, 'unpaid', at);
    },
  };
}

export type Standing = ReturnType<typeof stripeStanding>;
