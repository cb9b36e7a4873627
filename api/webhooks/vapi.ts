import type { Db } from '../../db/connect.ts';
import { routeCall } from '../../db/daily-calls/routing.ts';
import { parseVapiEvent, verifyVapiRequest } from '../../integrations/vapi/webhook.ts';
import type { Env } from '../../platform/env.ts';
import { readCallEvent } from './call-event.ts';
import { receiveWebhook, type WebhookDeps, type WebhookHandler } from './receive.ts';

export const vapiWebhookPath = '/api/webhooks/vapi';

/** `POST /api/webhooks/vapi`: reports on daily calls go to the run of their day; all else is kept and ignored. */
export function createVapiWebhook(
  deps: WebhookDeps & { db: Db; env: Pick<Env, 'VAPI_WEBHOOK_SECRET'> },
): WebhookHandler {
  const { db, env, log } = deps;
  const secrets = env.VAPI_WEBHOOK_SECRET ? [env.VAPI_WEBHOOK_SECRET] : [];
  return receiveWebhook(
    {
      source: 'vapi',
      verify: (headers, rawBody) => verifyVapiRequest({ rawBody, headers, secrets }),
      parse: (rawBody) => readCallEvent(rawBody, parseVapiEvent, (ids) => routeCall(db, 'vapi', ids), log),
    },
    deps,
  );
}
