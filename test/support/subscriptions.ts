import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type Stripe from 'stripe';
import { connectStripe } from '../../integrations/stripe/connection.ts';
import { seedStripe } from '../../scripts/seed-stripe.ts';
import { subscriptionWorkflowId } from '../../shared/ids.ts';
import { addCompany, type TestCompany } from '../api/support.ts';
import { openPhoneDesk, type PhoneDesk } from './phone-desk.ts';
import { type BedOptions, eventually } from './test-bed.ts';

export const DAY_S = 86_400;
export const START_S = Date.UTC(2026, 0, 31, 9) / 1000;

/** A company that lives by a test clock at Stripe. */
export interface ClockedCompany extends TestCompany {
  customerId: string;
  /** Seconds since `START_S`. */
  advance(toS: number): Promise<void>;
  /** Gives it another card, for the customer and what it has subscribed to. */
  card(token: 'pm_card_visa' | 'pm_card_chargeCustomerFail'): Promise<void>;
}

/** A phone desk whose companies subscribe at Stripe's emulator. */
export interface SubscriptionDesk extends PhoneDesk {
  stripe: Stripe;
  company(): Promise<TestCompany>;
  onClock(card?: 'pm_card_visa' | 'pm_card_chargeCustomerFail'): Promise<ClockedCompany>;
  /** What our API says about it, once that is as it should be. */
  until(
    company: TestCompany,
    what: string,
    accept: (state: SubscriptionView) => boolean,
  ): Promise<SubscriptionView>;
  /** Presses a button of the checkout page. */
  pay(url: string, card: 'good' | 'declined' | 'declined-later'): Promise<number>;
  /** Subjects of the mails that a company got, the first first. */
  mailsOf(company: TestCompany): Promise<string[]>;
  /** Whether the run of a company is open. */
  runs(company: TestCompany): Promise<boolean>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API says.
export type SubscriptionView = any;

let companies = 0;

export async function openSubscriptions(
  env: TestWorkflowEnvironment,
  options: BedOptions = {},
): Promise<SubscriptionDesk> {
  const desk = await openPhoneDesk(env, {
    ...options,
    settings: { REVIEW_WAIT_MS: '20000', ...options.settings },
  });
  const { db } = desk.deps;
  const stripe = connectStripe({
    apiKey: desk.deps.env.STRIPE_API_KEY,
    baseUrl: desk.deps.env.STRIPE_BASE_URL,
    timeoutMs: 5_000,
  });
  await seedStripe(desk.emulatorsUrl, `${desk.apiUrl}/api/webhooks/stripe`);

  const company = () => {
    companies += 1;
    return addCompany(db, `salon-${companies}`);
  };
  return {
    ...desk,
    stripe,
    company,
    async onClock(card = 'pm_card_visa') {
      const made = await company();
      const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_S });
      const { id: customerId } = await stripe.customers.create({
        email: `desk@${made.slug}.example`,
        test_clock: clock.id,
      });
      await db
        .insertInto('company_subscriptions')
        .values({ company_id: made.id, stripe_customer_id: customerId })
        .execute();
      const setCard: ClockedCompany['card'] = async (token) => {
        const { id } = await stripe.paymentMethods.attach(token, { customer: customerId });
        await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: id } });
        for await (const subscription of stripe.subscriptions.list({ customer: customerId })) {
          await stripe.subscriptions.update(subscription.id, { default_payment_method: id });
        }
      };
      await setCard(card);
      return {
        ...made,
        customerId,
        card: setCard,
        async advance(toS) {
          await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START_S + toS });
        },
      };
    },
    until: ({ slug }, what, accept) =>
      eventually(`${what} of ${slug}`, async () => {
        const state = await desk.api('GET', `/api/companies/${slug}/subscription`);
        return accept(state) ? state : undefined;
      }),
    async pay(url, card) {
      const response = await fetch(url.replace('/c/pay/', '/_emulator/checkout/'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ card }),
      });
      return response.status;
    },
    async mailsOf({ slug }) {
      const response = await fetch(`${desk.emulatorsUrl}/mail/api/messages?to=desk@${slug}.example`);
      const mails = (await response.json()) as { subject: string }[];
      return mails.map(({ subject }) => subject).reverse();
    },
    async runs({ id }) {
      const run = await env.client.workflow
        .getHandle(subscriptionWorkflowId(id))
        .describe()
        .catch(() => undefined);
      return run?.status.name === 'RUNNING';
    },
  };
}
