import type { Db } from '../../db/connect.ts';
import { routeCall } from '../../db/daily-calls/routing.ts';
import { checkCallKaroSecret, parseCallKaroEvent } from '../../integrations/callkaro/webhook.ts';
import type { Env } from '../../platform/env.ts';
import { readCallEvent } from './call-event.ts';
import { forecast } from './call-forecast.ts';
import { receiveWebhook, type WebhookDeps, type WebhookHandler } from './receive.ts';

export const callWebhookPath = '/api/webhooks/call';

/**
 * `POST /api/webhooks/call`: reports on daily calls, CallKaro's own and the plain status updates of seed 004. The
 * answer says whether another attempt follows, and when.
 */
export function createCallWebhook(
  deps: WebhookDeps & {
    db: Db;
    env: Pick<Env, 'CALLKARO_WEBHOOK_SECRET' | 'DAILY_CALL_LEGAL_HOURS'>;
    now: () => Date;
  },
): WebhookHandler {
  const { db, env, now, log } = deps;
  return receiveWebhook(
    {
      source: 'callkaro',
      verify(headers, _rawBody, url) {
        const header = headers['x-webhook-secret'];
        return checkCallKaroSecret({
          secret: env.CALLKARO_WEBHOOK_SECRET,
          header: typeof header === 'string' ? header : undefined,
          query: url.searchParams.get('secret') ?? undefined,
        });
      },
      parse: (rawBody) =>
        readCallEvent(rawBody, parseCallKaroEvent, (ids) => routeCall(db, 'callkaro', ids), log),
      async answer(rawBody) {
        const { providerCallId, attemptId, report } = parseCallKaroEvent(rawBody);
        const route = await routeCall(db, 'callkaro', { providerCallId, attemptId });
        return forecast(db, env.DAILY_CALL_LEGAL_HOURS, route, report, now());
      },
    },
    deps,
  );
}
