import type { IncomingHttpHeaders } from 'node:http';
import type { CallRoute } from '../../db/daily-calls/routing.ts';
import { readRetellReport } from '../../integrations/retell/outbound-report.ts';
import {
  InvalidRetellEventError,
  isCallLifeEvent,
  parseRetellEvent,
  type RetellEvent,
  verifyRetellSignature,
} from '../../integrations/retell/webhook.ts';
import type { Env } from '../../platform/env.ts';
import { callWorkflowId } from '../../shared/ids.ts';
import type { PhoneLines } from './phone-lines.ts';
import { receiveWebhook, type WebhookDeps, type WebhookHandler, type WebhookReading } from './receive.ts';

/** Whose daily call an outbound call is. */
type RouteOutbound = (ids: {
  attemptId: string | null;
  providerCallId: string | null;
}) => Promise<CallRoute | null>;

export const retellWebhookPath = '/api/webhooks/retell';

/** `POST /api/webhooks/retell`: the life of a call goes to its run; every other event is kept and ignored. */
export function createRetellWebhook(
  deps: WebhookDeps & {
    env: Pick<Env, 'RETELL_WEBHOOK_KEYS' | 'RETELL_API_KEY'>;
    phoneLines: PhoneLines;
    routeOutbound: RouteOutbound;
    now?: () => number;
  },
): WebhookHandler {
  const { env, phoneLines, routeOutbound, now = Date.now } = deps;
  const keys = env.RETELL_WEBHOOK_KEYS.length > 0 ? env.RETELL_WEBHOOK_KEYS : [env.RETELL_API_KEY];

  return receiveWebhook(
    {
      source: 'retell',
      verify: (headers, rawBody) =>
        verifyRetellSignature({ rawBody, header: signatureOf(headers), keys, nowMs: now() }),
      parse: (rawBody) => read(rawBody, phoneLines, routeOutbound),
    },
    deps,
  );
}

function signatureOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-retell-signature'];
  return typeof value === 'string' ? value : undefined;
}

async function read(
  rawBody: Buffer,
  phoneLines: PhoneLines,
  routeOutbound: RouteOutbound,
): Promise<WebhookReading> {
  let event: RetellEvent;
  try {
    event = parseRetellEvent(rawBody);
  } catch (error) {
    if (!(error instanceof InvalidRetellEventError)) throw error;
    return error.reason === 'json' ? { kind: 'not-json' } : { kind: 'unreadable', problems: error.problems };
  }
  const { eventType, eventKey, callId } = event;
  const about = callId === null ? null : callWorkflowId('retell', callId);
  const attemptId = callId !== null && isCallLifeEvent(eventType) ? attemptOf(rawBody) : null;
  if (attemptId !== null) {
    const route = await routeOutbound({ attemptId, providerCallId: callId });
    const companyId = route?.companyId ?? null;
    return { kind: 'event', eventType, eventKey, entity: route?.entity ?? null, about, companyId };
  }
  return {
    kind: 'event',
    eventType,
    eventKey,
    entity: isCallLifeEvent(eventType) ? about : null,
    about,
    companyId: callId === null ? null : await phoneLines.findCompany(event),
  };
}

/** Our attempt that an outbound call was placed for. Null: a call of the phone desk. */
const attemptOf = (rawBody: Buffer) => readRetellReport(rawBody)?.metadata.attemptId ?? null;
