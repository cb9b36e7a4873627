import type Stripe from 'stripe';
import { createStripeClient } from '../../../integrations/stripe/client.ts';
import { connectStripe } from '../../../integrations/stripe/connection.ts';
import { createStripeEmulator } from '../../../integrations/stripe/emulator.ts';
import { startTestHost } from '../../emulators/fixture.ts';

export const apiKey = 'sk_test_conformance';
export const webhookSecret = 'whsec_conformance';
export const priceId = 'price_test';
export const DAY_S = 86_400;
/** 31 January, so that months of several lengths follow. */
export const START_S = Date.UTC(2026, 0, 31, 9) / 1000;

/** An emulator of its own, our client for it, and the vendor's library as it is. */
export async function startStripe() {
  const host = await startTestHost(createStripeEmulator({ apiKey, webhookSecret, priceIds: [priceId] }));
  const config = { apiKey, baseUrl: `${host.url}/stripe`, timeoutMs: 2_000 };
  const stripe: Stripe = connectStripe(config);
  return {
    host,
    stripe,
    client: createStripeClient(config),
    connect: (overrides: Partial<typeof config>) => createStripeClient({ ...config, ...overrides }),
    /** A customer on a clock of their own, with a card. */
    async customer(card: 'pm_card_visa' | 'pm_card_chargeCustomerFail' | null = 'pm_card_visa') {
      const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_S });
      const { id } = await stripe.customers.create({ email: 'desk@salon.example', test_clock: clock.id });
      if (card) {
        const method = await stripe.paymentMethods.attach(card, { customer: id });
        await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
      }
      const advance = (toS: number) => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: toS });
      return { id, clock: clock.id, advance };
    },
  };
}

/** The error that a promise ends with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
