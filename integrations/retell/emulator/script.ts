import type { Retell } from 'retell-sdk';
import { z } from 'zod';

export type PhoneCall = Retell.PhoneCallResponse;

export const callEvents = ['call_started', 'call_ended', 'call_analyzed'] as const;
export type CallEvent = (typeof callEvents)[number];

const utterance = z.looseObject({
  role: z.enum(['agent', 'user', 'transfer_target']),
  content: z.string(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).default([]),
});

const analysis = z.looseObject({
  call_summary: z.string().optional(),
  user_sentiment: z.enum(['Negative', 'Positive', 'Neutral', 'Unknown']).optional(),
  call_successful: z.boolean().optional(),
  in_voicemail: z.boolean().optional(),
  custom_analysis_data: z.record(z.string(), z.unknown()).optional(),
});

/** How a call goes and what the application hears of it. */
export const callScriptSchema = z.strictObject({
  transcript: z.string().optional(),
  transcript_object: z.array(utterance).optional(),
  /** `call_analysis` of the call. */
  analysis: analysis.optional(),
  recording_url: z.url().optional(),
  duration_ms: z.int().min(0).default(60_000),
  disconnection_reason: z.string().min(1).default('user_hangup'),
  /** Which webhooks are sent, in which order; an entry may stand twice. By default what the vendor sends. */
  events: z.array(z.enum(callEvents)).optional(),
  /** Wait before each webhook after the first, or before each one in turn. */
  gaps_ms: z.union([z.int().min(0), z.array(z.int().min(0))]).default(100),
  /** Whether the analysis reaches the API, the webhook only, or nobody at all. */
  analysis_available: z.enum(['api', 'webhook-only', 'never']).default('api'),
  /** When the API has the analysis, from now; by default when its webhook is sent. */
  analysis_delay_ms: z.int().min(0).optional(),
  bad_signature: z.boolean().default(false),
});

export type CallScript = z.output<typeof callScriptSchema>;

export interface PlannedEvent {
  event: CallEvent;
  delayMs: number;
}

/**
 * Which status a disconnection reason goes with; the pairing is documented for hang-ups, transfers,
 * voicemail, `dial_*`, `telephony_*` and `error_*`, the rest counts as ended.
 */
export function statusFor(reason: string): PhoneCall['call_status'] {
  if (/^(dial_|telephony_|invalid_destination|sip_routing_error|user_declined|marked_as_spam)/.test(reason)) {
    return 'not_connected';
  }
  return reason.startsWith('error_') ? 'error' : 'ended';
}

/** The webhooks of the script, each with its delay from now. */
export function plannedEvents(script: CallScript): PlannedEvent[] {
  const connected = statusFor(script.disconnection_reason) !== 'not_connected';
  const events = script.events ?? [
    ...(connected ? (['call_started'] as const) : []),
    'call_ended' as const,
    ...(script.analysis_available === 'never' ? [] : (['call_analyzed'] as const)),
  ];
  let delayMs = 0;
  return events.map((event, index) => {
    const gaps = script.gaps_ms;
    delayMs += Array.isArray(gaps) ? (gaps[index] ?? 0) : index === 0 ? 0 : gaps;
    return { event, delayMs };
  });
}
