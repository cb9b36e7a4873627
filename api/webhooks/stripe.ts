import type { Db } from '../../db/connect.ts';
import {
  findCompanyByCustomer,
  findCompanyByObject,
} from '../../db/phone-desk/subscription/subscriptions.ts';
import {
  InvalidStripeEventError,
  isFollowed,
  parseStripeEvent,
  type StripeEvent,
  verifyStripeSignature,
} from '../../integrations/stripe/webhook.ts';
import type { Env } from '../../platform/env.ts';
import { stripeObjectEntity, subscriptionWorkflowId } from '../../shared/ids.ts';
import { receiveWebhook, type WebhookDeps, type WebhookHandler, type WebhookReading } from './receive.ts';

export const stripeWebhookPath = '/api/webhooks/stripe';

/**
 * `POST /api/webhooks/stripe`: what happened to a company's subscription goes to its run, which reads it at Stripe.
 * An event about somebody we do not know is kept and stands in the audit log.
 */
export function createStripeWebhook(
  deps: WebhookDeps & { db: Db; env: Pick<Env, 'STRIPE_WEBHOOK_SECRETS'>; now?: () => number },
): WebhookHandler {
  const { db, env, now = Date.now } = deps;
  return receiveWebhook(
    {
      source: 'stripe',
      verify(headers, rawBody) {
        const header = headers['stripe-signature'];
        return verifyStripeSignature({
          rawBody,
          header: typeof header === 'string' ? header : undefined,
          secrets: env.STRIPE_WEBHOOK_SECRETS,
          nowMs: now(),
        });
      },
      async parse(rawBody) {
        let event: StripeEvent;
        try {
          event = parseStripeEvent(rawBody);
        } catch (error) {
          if (!(error instanceof InvalidStripeEventError)) throw error;
          return error.reason === 'json'
            ? { kind: 'not-json' }
            : { kind: 'unreadable', problems: error.problems };
        }
        return { kind: 'event', eventType: event.type, eventKey: event.id, ...(await route(db, event)) };
      },
    },
    deps,
  );
}

type Route = Pick<Extract<WebhookReading, { kind: 'event' }>, 'entity' | 'companyId' | 'unowned'>;

const toCompany = (companyId: string): Route => ({ entity: subscriptionWorkflowId(companyId), companyId });

/** A thin event names an object and no customer: whose it is Stripe is asked with the hand-over, unless we know it. */
async function route(db: Db, { id, type, about, customerId }: StripeEvent): Promise<Route> {
  if (!isFollowed(type)) return { entity: null, companyId: null };
  if (customerId) {
    const companyId = await findCompanyByCustomer(db, customerId);
    if (companyId) return toCompany(companyId);
    const unowned = { entity: `stripe/${customerId}`, detail: { eventId: id, eventType: type } };
    return { entity: null, companyId: null, unowned };
  }
  if (!about) return { entity: null, companyId: null };
  const companyId = await findCompanyByObject(db, about);
  return companyId
    ? toCompany(companyId)
    : { entity: stripeObjectEntity(about.type, about.id), companyId: null };
}
