import type { CallReport } from '../../shared/daily-calls/providers.ts';

const said: [RegExp, CallReport['status']][] = [
  [/^voicemail/, 'voicemail'],
  [/^customer-busy$/, 'busy'],
  [/^(customer-did-not-answer|vonage-rejected)$/, 'no-answer'],
  [/outbound-sip-(408|480)-/, 'no-answer'],
  [/outbound-sip-(486|600)-/, 'busy'],
  [/^(manually-canceled|call-deleted|scheduled-call-deleted)$/, 'canceled'],
  [/error|fail|misdialed|not-valid|not-found|worker-shutdown|did-not-give-microphone/, 'failed'],
  [
    /^(customer-ended-call|assistant-ended-call|assistant-said-end-call|assistant-forwarded-call)/,
    'completed',
  ],
  [/^(exceeded-max-duration|silence-timed-out|vonage-completed|vonage-disconnected)$/, 'completed'],
  [/^call\.(in-progress\.(twilio|sip)-completed-call|forwarding\.)/, 'completed'],
];

/**
 * How an ended call went. Vapi has hundreds of reasons and adds more: one that is not listed is judged by whether
 * something was said, so that nobody who was spoken to is called again.
 */
export function outcomeOf(endedReason: string | null, transcript: string | null): CallReport['status'] {
  const known = said.find(([pattern]) => pattern.test(endedReason ?? ''))?.[1];
  return known ?? (transcript?.trim() ? 'completed' : 'failed');
}
