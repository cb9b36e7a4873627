import { z } from 'zod';
import type { OutboundCallEvent, SenderCheck } from '../../shared/daily-calls/call-event.ts';
import type { CallReport } from '../../shared/daily-calls/providers.ts';
import {
  attemptIdOf,
  echoedMetadata,
  identifier,
  phoneDigits,
  readBody,
  sameSecret,
  sha256,
  text,
} from '../outbound-call.ts';
import { outcomeOf } from './call-outcome.ts';

/**
 * CallKaro signs nothing: a secret of our own in the address (`?secret=`) or in `x-webhook-secret` is the only
 * proof there can be. Without a configured secret everybody is accepted.
 */
export function checkCallKaroSecret(request: {
  secret: string | undefined;
  header: string | undefined;
  query: string | undefined;
}): SenderCheck {
  const { secret, header, query } = request;
  if (!secret) return { ok: true };
  const given = header || query;
  if (!given) return { ok: false, reason: 'missing' };
  return sameSecret(given, secret) ? { ok: true } : { ok: false, reason: 'mismatch' };
}

const seconds = z
  .union([
    z.number().min(0),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);
const ids = { callSid: identifier.nullish(), call_sid: identifier.nullish(), call_id: identifier.nullish() };
type Ids = { [name in keyof typeof ids]?: string | null | undefined };
const callIdOf = ({ callSid, call_sid, call_id }: Ids) => callSid ?? call_sid ?? call_id ?? null;
/** Without either nobody can say whose call it is. */
const placed = (call: Ids & { metadata?: Record<string, string>; call_metadata?: Record<string, string> }) =>
  callIdOf(call) !== null || attemptIdOf(call.metadata ?? call.call_metadata ?? {}) !== null;
const notPlaced = { path: ['call_id'], message: 'a call id or metadata.attemptId is needed' };

/** `data` of CallKaro's one event about voice calls; `time` has no zone and is not read. */
const callEndedSchema = z
  .object({
    ...ids,
    to: z.coerce.string().nullish().catch(null),
    recordingUrl: text,
    call_duration: seconds,
    transcription: text,
    hangup_reason: text,
    call_metadata: echoedMetadata,
    try_count: z.int().nullish().catch(null),
  })
  .refine(placed, notPlaced);

/** The status updates that the replaced system took from any provider: one flat object per status. */
const statusSchema = z
  .object({
    ...ids,
    status: z.string().min(1).max(200),
    to: z.coerce.string().nullish().catch(null),
    duration: seconds,
    transcript: text,
    recording_url: text,
    metadata: echoedMetadata,
  })
  .refine(placed, notPlaced);

const envelopeSchema = z.object({ event: identifier, data: z.looseObject({}) });

const statuses: Record<string, CallReport['status']> = {
  ringing: 'ringing',
  'in-progress': 'in-progress',
  completed: 'completed',
  failed: 'failed',
  'no-answer': 'no-answer',
  busy: 'busy',
  voicemail: 'voicemail',
  canceled: 'canceled',
  cancelled: 'canceled',
};

const untimed = { startedAt: null, endedAt: null } as const;
const toMs = (value: number | null | undefined) => (value == null ? null : Math.round(value * 1000));
const printable = (value: string) => value.replace(/[^\x21-\x7e]/g, '?').slice(0, 60);

/** Reads CallKaro's own webhook or a plain status update. Throws `InvalidCallEventError`. */
export function parseCallKaroEvent(rawBody: Buffer): OutboundCallEvent {
  const body = readBody(rawBody, z.looseObject({}));
  if (!('event' in body)) return readStatus(rawBody);
  const { event, data } = readBody(rawBody, envelopeSchema);
  if (event === 'call_ended') return readCallEnded(rawBody);
  return {
    eventType: event,
    eventKey: `${event}:${sha256(rawBody)}`,
    providerCallId: identifier.safeParse(data.callSid).data ?? null,
    attemptId: null,
    toNumber: null,
    unknownStatus: null,
    report: null,
  };
}

/** The report in a stored body, or null when it holds none. Throws `InvalidCallEventError`. */
export const readCallKaroReport = (body: Buffer): CallReport | null => parseCallKaroEvent(body).report;

function readCallEnded(rawBody: Buffer): OutboundCallEvent {
  const { data } = readBody(rawBody, z.object({ data: callEndedSchema }));
  const callId = callIdOf(data);
  const attemptId = attemptIdOf(data.call_metadata);
  const tryCount = data.try_count ?? 0;
  const inbound = tryCount < 0;
  const status = outcomeOf(data);
  return {
    eventType: 'call_ended',
    // Account and agent may both have our address: the second delivery is the same event.
    eventKey: `call_ended:${callId ?? attemptId}:${tryCount}`,
    providerCallId: callId,
    attemptId,
    toNumber: phoneDigits(data.to),
    unknownStatus: status === null ? printable(data.hangup_reason ?? 'none') : null,
    report:
      status === null || inbound
        ? null
        : {
            providerCallId: callId,
            metadata: data.call_metadata,
            status,
            endedReason: data.hangup_reason,
            ...untimed,
            durationMs: toMs(data.call_duration),
            transcript: data.transcription,
            recordingUrl: data.recordingUrl,
          },
  };
}

function readStatus(rawBody: Buffer): OutboundCallEvent {
  const call = readBody(rawBody, statusSchema);
  const callId = callIdOf(call);
  const attemptId = attemptIdOf(call.metadata);
  const word = call.status
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-');
  const status = statuses[word];
  return {
    eventType: `status:${printable(word)}`,
    // A later update of the same status may carry more (the transcript), so the body tells them apart.
    eventKey: `status:${callId ?? attemptId}:${sha256(rawBody)}`,
    providerCallId: callId,
    attemptId,
    toNumber: phoneDigits(call.to),
    unknownStatus: status === undefined ? printable(call.status) : null,
    report:
      status === undefined
        ? null
        : {
            providerCallId: callId,
            metadata: call.metadata,
            status,
            endedReason: call.status,
            ...untimed,
            durationMs: toMs(call.duration),
            transcript: call.transcript,
            recordingUrl: call.recording_url,
          },
  };
}
