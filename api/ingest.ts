import { routeCall } from '../db/daily-calls/routing.ts';
import { createInbox } from '../platform/inbox/inbox.ts';
import { createSweeper } from '../platform/inbox/sweeper.ts';
import type { ApiDeps } from './deps.ts';
import { calcomWebhookPath, createCalcomWebhook } from './webhooks/calcom.ts';
import { createCalendarSecrets } from './webhooks/calendar-secrets.ts';
import { callWebhookPath, createCallWebhook } from './webhooks/call.ts';
import { createChainHandOver } from './webhooks/hand-over.ts';
import { createMailWebhook, mailWebhookPath } from './webhooks/mail.ts';
import { createPhoneLines } from './webhooks/phone-lines.ts';
import type { WebhookHandler } from './webhooks/receive.ts';
import { createRejections } from './webhooks/rejections.ts';
import { createRetellWebhook, retellWebhookPath } from './webhooks/retell.ts';
import { createStripeWebhook, stripeWebhookPath } from './webhooks/stripe.ts';
import { createTwilioWebhook, twilioWebhookPath } from './webhooks/twilio.ts';
import { createVapiWebhook, vapiWebhookPath } from './webhooks/vapi.ts';

export interface Ingest {
  inbox: ApiDeps['inbox'];
  handOver: NonNullable<ApiDeps['handOver']>;
  /** By path; they read the raw body themselves. */
  webhooks: Record<string, WebhookHandler>;
  /** Finishes what was accepted; what cannot be handed over stays pending for another process. */
  close(): Promise<void>;
}

/** The way of an event into this process: webhooks, inbox, hand-over, and the sweeper behind them. */
export function createIngest(deps: Omit<ApiDeps, 'inbox' | 'handOver'>): Ingest {
  const { env, db, pool, vault, log, clock } = deps;
  const handOver = createChainHandOver(deps);
  const inbox = createInbox({ pool, vault, log, handOver });
  const sweeper = createSweeper({ pool, handOver, log, intervalMs: env.INBOX_SWEEP_INTERVAL_MS });
  const rejections = createRejections(db, log);
  const webhookDeps = { inbox, rejections, log, bodyLimitBytes: env.WEBHOOK_BODY_LIMIT_BYTES };
  const retell = createRetellWebhook({
    ...webhookDeps,
    env,
    phoneLines: createPhoneLines(db, log),
    routeOutbound: (ids) => routeCall(db, 'retell', ids),
    now: () => clock().getTime(),
  });
  return {
    inbox,
    handOver,
    webhooks: {
      [retellWebhookPath]: retell,
      [callWebhookPath]: createCallWebhook({ ...webhookDeps, db, env, now: clock }),
      [calcomWebhookPath]: createCalcomWebhook({
        ...webhookDeps,
        secrets: createCalendarSecrets(db, vault),
      }),
      [stripeWebhookPath]: createStripeWebhook({
        ...webhookDeps,
        db,
        env,
        now: () => clock().getTime(),
      }),
      [twilioWebhookPath]: createTwilioWebhook({ ...webhookDeps, db, vault, env }),
      [mailWebhookPath]: createMailWebhook({ ...webhookDeps, env }),
      [vapiWebhookPath]: createVapiWebhook({ ...webhookDeps, db, env }),
    },
    async close() {
      await Promise.all([sweeper.close(), inbox.close(), rejections.close()]);
      await handOver.close();
    },
  };
}
