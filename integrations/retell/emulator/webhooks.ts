import { Retell } from 'retell-sdk';
import type { EmulatorKit, OutgoingWebhook } from '../../../shared/emulator.ts';
import { unfinished, withoutAnalysis } from './call.ts';
import type { CallEvent, PhoneCall, PlannedEvent } from './script.ts';

/** Three retries are documented; their spacing is not. */
const RETRY_DELAYS_MS = [1_000, 3_000, 9_000];
const TIMEOUT_MS = 10_000;

function payload(event: CallEvent, call: PhoneCall): PhoneCall {
  switch (event) {
    case 'call_started':
      return unfinished(call, 'ongoing');
    case 'call_ended':
      return withoutAnalysis(call);
    case 'call_analyzed':
      return call;
  }
}

export interface WebhookTarget {
  url: string;
  badSignature: boolean;
  /** Events the agent subscribes to; all when absent. */
  only?: readonly CallEvent[] | undefined;
}

/** Hands the webhooks of a call to the host; they are posted on their own, so a slow one does not hold the next. */
export function sendEvents(
  kit: EmulatorKit,
  call: PhoneCall,
  events: PlannedEvent[],
  target: WebhookTarget,
): void {
  for (const { event, delayMs } of events) {
    if (target.only && !target.only.includes(event)) continue;
    kit.deliver({
      operation: 'webhooks.deliver',
      key: `${event}:${call.call_id}`,
      url: target.url,
      body: JSON.stringify({ event, call: payload(event, call) }),
      context: { badSignature: target.badSignature },
      delayMs,
      retryDelaysMs: RETRY_DELAYS_MS,
      timeoutMs: TIMEOUT_MS,
    });
  }
}

/** `x-retell-signature` by the vendor's own signer, or one made with a key that nobody has. */
export async function signedHeaders(
  webhook: OutgoingWebhook,
  webhookKey: string,
): Promise<Record<string, string>> {
  const { badSignature } = webhook.context as { badSignature: boolean };
  const signature = await Retell.sign(webhook.body, badSignature ? `not-${webhookKey}` : webhookKey);
  return { 'content-type': 'application/json', 'x-retell-signature': signature };
}
