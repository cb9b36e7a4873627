import { describe, expect, it } from 'vitest';
import { foldAccount } from '../../../activities/phone-desk/subscription/fold-account.ts';
import type { StripeSubscription } from '../../../integrations/stripe/objects.ts';

const now = new Date('2026-03-01T09:00:00Z');

const subscription = (status: string, day: number): StripeSubscription => ({
  id: `sub_${day}`,
  customerId: 'cus_1',
  status,
  currency: 'EUR',
  priceId: 'price_1',
  unitAmountCents: 4_900,
  quantity: 1,
  trialEndsAt: null,
  periodStartsAt: null,
  periodEndsAt: null,
  cancelAt: null,
  endedAt: null,
  createdAt: new Date(Date.UTC(2026, 0, day)),
  testClockId: null,
});

const accessOf = (...subscriptions: StripeSubscription[]) =>
  foldAccount({ subscriptions, invoices: [], charges: [], now }, 'EUR').access;

describe('whether a company takes bookings', () => {
  it.each(['canceled', 'unpaid', 'paused'])(
    'a subscription that is %s closes it, also when a new one has come to nothing',
    (status) => {
      expect(accessOf(subscription(status, 1))).toBe('closed');
      expect(accessOf(subscription(status, 1), subscription('incomplete', 2))).toBe('closed');
      expect(accessOf(subscription(status, 1), subscription('incomplete_expired', 2))).toBe('closed');
    },
  );

  it('one that runs keeps it open beside any other, and one that never came about changes nothing', () => {
    expect(accessOf(subscription('canceled', 2), subscription('past_due', 1))).toBe('open');
    expect(accessOf(subscription('incomplete_expired', 1))).toBe('unchanged');
    expect(accessOf()).toBe('unchanged');
  });
});
