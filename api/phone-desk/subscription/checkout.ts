import { createHash } from 'node:crypto';
import {
  type BillingAccount,
  customerMade,
  readBillingAccount,
} from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { OpenedCheckout } from '../../../integrations/stripe/client.ts';
import { isOver } from '../../../shared/subscriptions/standing.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, invalidRequest } from '../../http-problem.ts';
import { askStripe } from './ask-stripe.ts';

export interface WantedCheckout {
  priceId?: string | undefined;
  successUrl?: string | undefined;
  cancelUrl?: string | undefined;
}

/**
 * Opens a page on which the company subscribes, once per idempotency key. Its customer at Stripe is made with the
 * first one. Only a first subscription is tried for free.
 */
export async function openCheckout(
  deps: ApiDeps,
  companyId: string,
  { priceId, successUrl, cancelUrl }: WantedCheckout,
  idempotencyKey: string,
): Promise<OpenedCheckout> {
  const { db, env, effects, stripe } = deps;
  const [standardPrice] = env.STRIPE_PRICE_IDS;
  const price = priceId ?? standardPrice;
  if (!price || !env.STRIPE_PRICE_IDS.includes(price)) {
    const message = `there is no such price; there are: ${env.STRIPE_PRICE_IDS.join(', ')}`;
    throw invalidRequest([{ path: 'priceId', message }]);
  }
  const account = await readBillingAccount(db, companyId);
  if (!account) throw new Error(`company ${companyId} is gone`);
  requireNoSubscription(account);
  const customerId = account.customerId ?? (await makeCustomer(deps, account));
  const key = `checkout:${companyId}:${createHash('sha256').update(idempotencyKey).digest('hex')}`;
  return askStripe(() =>
    effects.once({
      key,
      vendor: 'stripe',
      operation: 'checkout.create',
      companyId,
      entity: customerId,
      classify: deps.stripeFailure,
      lookUp: () => stripe.checkout.find(customerId, key),
      perform: () =>
        stripe.checkout.create(
          {
            customerId,
            companyId,
            priceId: price,
            currency: account.currency,
            trialDays: account.subscriptionId === null ? env.SUBSCRIPTION_TRIAL_DAYS : 0,
            successUrl: successUrl ?? env.PUBLIC_URL,
            cancelUrl: cancelUrl ?? env.PUBLIC_URL,
          },
          key,
        ),
    }),
  );
}

function requireNoSubscription({ status, subscriptionId }: BillingAccount): void {
  if (subscriptionId === null || status === null || isOver(status)) return;
  const detail = `The company has a subscription (${status}); card and cancellation are changed in the portal.`;
  throw conflict('already-subscribed', detail);
}

/** One customer per company; a deleted one is followed by another. */
async function makeCustomer(deps: ApiDeps, account: BillingAccount): Promise<string> {
  const { companyId, name, contactEmail, locale, customerNumber, createdAt } = account;
  const key = `stripe-customer:${companyId}:${customerNumber ?? 1}`;
  const { id } = await askStripe(() =>
    deps.effects.once({
      key,
      vendor: 'stripe',
      operation: 'customers.create',
      companyId,
      entity: companyId,
      classify: deps.stripeFailure,
      lookUp: () => deps.stripe.customers.find(key, createdAt),
      perform: () => deps.stripe.customers.create({ name, email: contactEmail, locale, companyId }, key),
      also: (customer) => customerMade(companyId, customer.id),
    }),
  );
  return id;
}
