import Stripe from 'stripe';
import type { EmulatorKit, OutgoingWebhook } from '../../../shared/emulator.ts';
import type { Books } from './books.ts';
import { API_VERSION, type StripeEventRecord, type WebhookEndpoint } from './wire.ts';

const TIMEOUT_MS = 10_000;
/** The vendor repeats over hours (sandbox) or days; here it is in a hurry. */
const RETRY_DELAYS_MS = [500, 1_000, 2_000];

/** Objects as events carry them. */
type Told = { id: string; object: string; customer?: string | null };

/** Writes an event and sends it to every endpoint that listens; in no order that anybody may rely on. */
export function stripeEvents(kit: EmulatorKit, books: Books) {
  return {
    emit(type: string, object: Told, at: number, previous?: Record<string, unknown>): StripeEventRecord {
      const listening = books.endpoints
        .all()
        .filter(
          ({ status, enabled_events }) =>
            status === 'enabled' && (enabled_events.includes('*') || enabled_events.includes(type)),
        );
      const { requestId, idempotencyKey } = books.cause;
      const event = books.events.put({
        id: books.nextId('evt_'),
        object: 'event',
        api_version: API_VERSION,
        created: at,
        data: {
          object: { ...object },
          ...(previous ? { previous_attributes: previous } : {}),
        },
        livemode: false,
        pending_webhooks: listening.length,
        request: requestId ? { id: requestId, idempotency_key: idempotencyKey } : null,
        type,
      });
      for (const endpoint of listening) {
        const body = JSON.stringify(endpoint.event_payload === 'thin' ? thinOf(event, object) : event);
        kit.deliver({
          operation: 'webhooks.deliver',
          key: `${type}:${object.id}`,
          url: endpoint.url,
          body,
          context: { secret: endpoint.secret },
          retryDelaysMs: RETRY_DELAYS_MS,
          timeoutMs: TIMEOUT_MS,
        });
      }
      return event;
    },
  };
}

export type Events = ReturnType<typeof stripeEvents>;

const urls: Record<string, string> = {
  'checkout.session': '/v1/checkout/sessions',
  customer: '/v1/customers',
  charge: '/v1/charges',
  invoice: '/v1/invoices',
  invoiceitem: '/v1/invoiceitems',
  payment_intent: '/v1/payment_intents',
  refund: '/v1/refunds',
  subscription: '/v1/subscriptions',
  'test_helpers.test_clock': '/v1/test_helpers/test_clocks',
};

/** The notification that an event destination with thin payloads gets: what, not how it stands. */
export const thinOf = (event: StripeEventRecord, { id, object }: Told) => ({
  id: event.id.replace('evt_', 'evt_thin_'),
  object: 'v2.core.event',
  type: `v1.${event.type}`,
  created: new Date(event.created * 1000).toISOString(),
  livemode: false,
  related_object: { id, type: object, url: `${urls[object] ?? `/v1/${object}s`}/${id}` },
  snapshot_event: event.id,
  ...(event.request
    ? {
        reason: {
          type: 'request',
          request: { id: event.request.id, idempotency_key: event.request.idempotency_key ?? '' },
        },
      }
    : {}),
});

/** `Stripe-Signature` by the vendor's own library; each attempt has its own time. */
export function webhookHeaders({ body, context }: OutgoingWebhook): Record<string, string> {
  const { secret } = context as Pick<WebhookEndpoint, 'secret'>;
  return {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret }),
  };
}
