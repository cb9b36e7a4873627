import { z } from 'zod';
import type { CallReport } from '../../shared/daily-calls/providers.ts';
import { echoedMetadata, readBody, readDate } from '../outbound-call.ts';
import { type RetellCall, retellCallSchema } from './webhook.ts';

const outboundCallSchema = retellCallSchema.extend({ metadata: echoedMetadata });
type OutboundCall = z.output<typeof outboundCallSchema>;

/** A webhook, or the call itself as the API shows it. */
const bodySchema = z.union(
  [
    z.object({ call: outboundCallSchema }),
    outboundCallSchema.transform((call) => ({ call })),
    z.object({ chat: z.unknown() }).transform(() => ({ call: null })),
  ],
  'needs a call, or the fields of one',
);

const outcomes: Record<string, CallReport['status']> = {
  user_hangup: 'completed',
  agent_hangup: 'completed',
  call_transfer: 'completed',
  transfer_bridged: 'completed',
  transfer_cancelled: 'completed',
  call_take_over: 'completed',
  inactivity: 'completed',
  max_duration_reached: 'completed',
  voicemail_reached: 'voicemail',
  dial_no_answer: 'no-answer',
  user_declined: 'no-answer',
  dial_busy: 'busy',
  manual_stopped: 'canceled',
};
/** Reasons of calls in which nobody was reached, whatever their duration. */
const failures =
  /^(error_|dial_|telephony_|sip_)|^(ivr_reached|concurrency_limit_reached|no_concurrency_fallback|no_valid_payment|scam_detected|invalid_destination|marked_as_spam|registered_call_timeout)$/;

/** A reason that Retell adds later is judged by whether there was a conversation. */
function outcomeOf(call: RetellCall): CallReport['status'] {
  if (call.call_analysis?.in_voicemail) return 'voicemail';
  const reason = call.disconnection_reason ?? '';
  const known = outcomes[reason];
  if (known) return known;
  if (failures.test(reason)) return 'failed';
  return call.call_status === 'ended' && (call.duration_ms ?? 0) > 0 ? 'completed' : 'failed';
}

const underWay: Record<string, CallReport['status']> = { registered: 'dialled', ongoing: 'in-progress' };
const ends = new Set(['ended', 'not_connected', 'error']);

/**
 * The report in a stored webhook or in a fetched call. Null: a chat, an inbound call, or a status nobody documented.
 * `in_voicemail` comes only with the analysis: a `completed` may be followed by `voicemail`. Throws
 * `InvalidCallEventError`.
 */
export function readRetellReport(body: Buffer): CallReport | null {
  const { call } = readBody(body, bodySchema);
  if (!call || call.direction === 'inbound') return null;
  const ended = ends.has(call.call_status ?? '');
  const status = ended ? outcomeOf(call) : underWay[call.call_status ?? ''];
  return status === undefined ? null : reportOf(call, status, ended);
}

function reportOf(call: OutboundCall, status: CallReport['status'], ended: boolean): CallReport {
  return {
    providerCallId: call.call_id,
    metadata: call.metadata,
    status,
    endedReason: ended ? (call.disconnection_reason ?? null) : null,
    startedAt: readDate(call.start_timestamp),
    endedAt: ended ? readDate(call.end_timestamp) : null,
    durationMs: ended ? (call.duration_ms ?? null) : null,
    transcript: ended ? (call.transcript ?? null) : null,
    recordingUrl: ended ? (call.recording_url ?? null) : null,
  };
}
