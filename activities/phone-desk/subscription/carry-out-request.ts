import {
  type RequestToCarryOut,
  readRequest,
  refuseRequest,
  requestDone,
} from '../../../db/phone-desk/subscription/subscription-requests.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Effect } from '../../../platform/effects.ts';
import { findFailure } from '../../../shared/failures.ts';

/**
 * Carries out what was asked for a subscription, once: a cancellation or a refund. What Stripe refuses for good is
 * written on the request. Throws catalogued failures while Stripe cannot be asked.
 */
export async function carryOutRequest(deps: Deps, requestId: string): Promise<void> {
  const request = await readRequest(deps.db, requestId);
  if (request?.status !== 'accepted') return;
  const effect = effectOf(deps, request);
  if (!effect) return refuseRequest(deps.db, requestId, 'nothing-there');
  try {
    await deps.effects.once(effect);
  } catch (error) {
    const failed = findFailure(error);
    if (failed?.type !== 'VendorRejected') throw error;
    await refuseRequest(deps.db, requestId, refusalOf(failed.details?.[0]));
  }
}

/** Ends a request that could not be carried out in its time; it will not be any more, unless it turns out that it was. */
export async function giveUpRequest(deps: Deps, requestId: string): Promise<void> {
  const request = await readRequest(deps.db, requestId);
  if (request?.status !== 'accepted') return;
  const effect = effectOf(deps, request);
  const happened = effect && (await deps.effects.abandon(effect));
  if (!happened) await refuseRequest(deps.db, requestId, 'stripe-unavailable');
}

function effectOf(deps: Deps, request: RequestToCarryOut): Effect<object> | null {
  const { stripe } = deps;
  const { id, companyId, kind, subscriptionId, paymentIntentId, amountCents } = request;
  const key = `subscription-request:${id}`;
  const common = {
    key,
    vendor: 'stripe',
    companyId,
    classify: deps.stripeFailure,
    also: (result: object) => requestDone(id, 'id' in result ? String(result.id) : null),
  };
  if (kind === 'cancel') {
    if (!subscriptionId) return null;
    return {
      ...common,
      operation: 'subscriptions.cancel',
      entity: subscriptionId,
      async lookUp() {
        const subscription = await stripe.subscriptions.retrieve(subscriptionId);
        return subscription.cancelAt || subscription.endedAt ? { id: subscription.id } : null;
      },
      perform: async () => ({ id: (await stripe.subscriptions.cancelAtPeriodEnd(subscriptionId, key)).id }),
    };
  }
  if (!paymentIntentId || amountCents === null) return null;
  return {
    ...common,
    operation: 'refunds.create',
    entity: paymentIntentId,
    lookUp: () => stripe.refunds.find(paymentIntentId, key),
    perform: () => stripe.refunds.create({ paymentIntentId, amountCents, metadata: { request_id: id } }, key),
  };
}

/** In our words where we have some. */
function refusalOf(detail: unknown): string {
  const { code = 'refused' } = (detail ?? {}) as { code?: string };
  return code === 'invalid-amount' || code === 'charge_already_refunded' ? 'larger-than-the-charge' : code;
}
