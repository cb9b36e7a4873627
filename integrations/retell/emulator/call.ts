import type { EmulatorKit } from '../../../shared/emulator.ts';
import { recordingUrl } from './recording.ts';
import { type CallScript, type PhoneCall, plannedEvents, statusFor } from './script.ts';
import { toTranscript, toUtterances } from './transcript.ts';

/** A call as the vendor knows it: its outcome, and from when on which part of it is to be seen. */
export interface CallRecord {
  id: string;
  /** The finished call with its analysis. */
  outcome: PhoneCall;
  /** Milliseconds since the epoch; null: never. */
  connectedAt: number | null;
  endedAt: number;
  analyzedAt: number | null;
}

export interface CallParties {
  direction: 'inbound' | 'outbound';
  agentId: string;
  agentName?: string | undefined;
  agentVersion: number;
  from: string;
  to: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  metadata?: unknown;
  dynamicVariables?: Record<string, string> | undefined;
  /** Where the emulator is reached, when it serves the recording. */
  recordingsAt?: string;
}

const PRICE_PER_SECOND_CENTS = 0.15;

/** The finished call in the SDK's shape. */
export function buildOutcome(kit: EmulatorKit, parties: CallParties, script: CallScript): PhoneCall {
  const callId = kit.nextId('call_');
  const status = statusFor(script.disconnection_reason);
  const base: PhoneCall = {
    call_id: callId,
    call_type: 'phone_call',
    agent_id: parties.agentId,
    agent_version: parties.agentVersion,
    ...(parties.agentName !== undefined && { agent_name: parties.agentName }),
    call_status: status,
    direction: parties.direction,
    from_number: parties.from,
    to_number: parties.to,
    // Keys of what was not given are absent, not null.
    ...(parties.metadata !== undefined && { metadata: parties.metadata }),
    ...(parties.dynamicVariables && { retell_llm_dynamic_variables: parties.dynamicVariables }),
    data_storage_setting: 'everything',
    opt_in_signed_url: false,
    // An open list: the vendor adds values between minor versions.
    disconnection_reason: script.disconnection_reason as NonNullable<PhoneCall['disconnection_reason']>,
    telephony_identifier: { twilio_call_sid: kit.nextId('CA') },
  };
  const analysis = script.analysis_available === 'never' ? {} : { call_analysis: buildAnalysis(script) };
  if (status === 'not_connected') return { ...base, end_timestamp: parties.startedAt, ...analysis };

  const utterances =
    (script.transcript_object as PhoneCall['transcript_object']) ?? toUtterances(script.transcript ?? '');
  const seconds = Math.ceil(script.duration_ms / 1000);
  const cost = Math.round(seconds * PRICE_PER_SECOND_CENTS * 1000) / 1000;
  return {
    ...base,
    start_timestamp: parties.startedAt,
    end_timestamp: parties.startedAt + script.duration_ms,
    duration_ms: script.duration_ms,
    transcript: script.transcript ?? toTranscript(utterances),
    transcript_object: utterances,
    transcript_with_tool_calls: utterances as NonNullable<PhoneCall['transcript_with_tool_calls']>,
    recording_url:
      script.recording_url ?? recordingUrl(parties.recordingsAt ?? 'https://retell.example', callId),
    public_log_url: `https://recordings.retell.example/${callId}/public.log`,
    call_cost: {
      combined_cost: cost,
      product_costs: [{ product: 'elevenlabs_tts', cost, unit_price: PRICE_PER_SECOND_CENTS }],
      total_duration_seconds: seconds,
      total_duration_unit_price: PRICE_PER_SECOND_CENTS,
    },
    ...analysis,
  };
}

function buildAnalysis({ analysis }: CallScript): NonNullable<PhoneCall['call_analysis']> {
  return {
    call_summary: '',
    user_sentiment: 'Neutral',
    call_successful: true,
    in_voicemail: false,
    custom_analysis_data: {},
    ...(analysis as PhoneCall['call_analysis']),
  };
}

/** When the analysis is to be had from the API. */
export function analysisTime(script: CallScript, now: number): number | null {
  if (script.analysis_available !== 'api') return null;
  const sent = plannedEvents(script).find(({ event }) => event === 'call_analyzed');
  return now + (script.analysis_delay_ms ?? sent?.delayMs ?? 0);
}

/** The call as the API and the `call_started` webhook show it before it has ended. */
export function unfinished(call: PhoneCall, status: 'registered' | 'ongoing'): PhoneCall {
  const { agent_id, agent_version, agent_name, call_id, call_type, direction, from_number, to_number } = call;
  return {
    call_id,
    call_type,
    agent_id,
    agent_version,
    ...(agent_name !== undefined && { agent_name }),
    call_status: status,
    direction,
    from_number,
    to_number,
    ...('metadata' in call && { metadata: call.metadata }),
    ...(call.retell_llm_dynamic_variables && {
      retell_llm_dynamic_variables: call.retell_llm_dynamic_variables,
    }),
    ...(status === 'ongoing' &&
      call.start_timestamp !== undefined && { start_timestamp: call.start_timestamp }),
    ...(call.telephony_identifier && { telephony_identifier: call.telephony_identifier }),
    data_storage_setting: call.data_storage_setting ?? 'everything',
    opt_in_signed_url: false,
  };
}

/** What the vendor's API shows of the call at `now`. */
export function visibleCall(record: CallRecord, now: number): PhoneCall {
  const { outcome, connectedAt, endedAt, analyzedAt } = record;
  if (now < endedAt) {
    return unfinished(outcome, connectedAt !== null && now >= connectedAt ? 'ongoing' : 'registered');
  }
  return analyzedAt !== null && now >= analyzedAt ? outcome : withoutAnalysis(outcome);
}

export function withoutAnalysis({ call_analysis: _, ...call }: PhoneCall): PhoneCall {
  return call;
}

/** The application's own key of a call, as it stands in its metadata. */
export function keyOf(metadata: unknown): string | null {
  const { switchboardKey, attemptId } = (metadata ?? {}) as { switchboardKey?: unknown; attemptId?: unknown };
  const key = switchboardKey ?? attemptId;
  return typeof key === 'string' ? key : null;
}
