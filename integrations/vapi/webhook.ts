import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { OutboundCallEvent, SenderCheck } from '../../shared/daily-calls/call-event.ts';
import type { CallReport } from '../../shared/daily-calls/providers.ts';
import {
  attemptIdOf,
  echoedMetadata,
  identifier,
  phoneDigits,
  readBody,
  readDate,
  sameSecret,
  sha256,
  text,
} from '../outbound-call.ts';
import { outcomeOf } from './call-outcome.ts';

/**
 * Checks a server message by what Vapi was configured to send: `x-vapi-signature` (HMAC-SHA256 of the body in hex,
 * SHA256 without timestamp in Vapi's dashboard), `x-vapi-secret`, or the secret as Bearer token. Any of `secrets`
 * may have been used (rotation); none configured refuses everything.
 */
export function verifyVapiRequest(request: {
  rawBody: Buffer;
  headers: Record<string, string | string[] | undefined>;
  secrets: readonly string[];
}): SenderCheck {
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const signature = header('x-vapi-signature');
  const plain = header('x-vapi-secret') ?? /^Bearer (.+)$/i.exec(header('authorization') ?? '')?.[1];
  if (!signature && !plain) return { ok: false, reason: 'missing' };
  const genuine = request.secrets.some((secret) =>
    signature ? signedWith(secret, request.rawBody, signature) : sameSecret(plain ?? '', secret),
  );
  return genuine ? { ok: true } : { ok: false, reason: 'mismatch' };
}

function signedWith(secret: string, rawBody: Buffer, signature: string): boolean {
  const digest = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(signature)?.[1];
  if (!digest) return false;
  return timingSafeEqual(createHmac('sha256', secret).update(rawBody).digest(), Buffer.from(digest, 'hex'));
}

const artifactSchema = z.object({ transcript: text, recordingUrl: text }).nullish().catch(null);
const holdsMetadata = z.object({ metadata: echoedMetadata }).nullish().catch(null);
const customerSchema = z.object({ number: text }).nullish().catch(null);

/** The part of Vapi's call object that is read here; lists of values stay open strings. */
const callSchema = z.object({
  id: identifier,
  status: text,
  endedReason: text,
  startedAt: text,
  endedAt: text,
  assistantOverrides: holdsMetadata,
  customer: customerSchema,
  artifact: artifactSchema,
});
type VapiCall = z.output<typeof callSchema>;

const messageSchema = z.object({
  type: identifier,
  status: text,
  endedReason: text,
  startedAt: text,
  endedAt: text,
  artifact: artifactSchema,
  customer: customerSchema,
  call: callSchema.nullish(),
});
type VapiMessage = z.output<typeof messageSchema>;

/** A server message, or the call itself as the API shows it. */
const bodySchema = z.union(
  [z.object({ message: messageSchema }), callSchema.transform((call) => ({ call }))],
  'needs a message, or the fields of a call',
);

/** States of a call before its end. */
const underWay: Record<string, CallReport['status']> = {
  scheduled: 'dialled',
  queued: 'dialled',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  forwarding: 'in-progress',
};

/** Reads a server message. Throws `InvalidCallEventError`. */
export function parseVapiEvent(rawBody: Buffer): OutboundCallEvent {
  const { message } = readBody(rawBody, z.object({ message: messageSchema }));
  const { type, call } = message;
  const listened = type === 'status-update' || type === 'end-of-call-report';
  if (!listened || !call) return silentEvent(message, rawBody);
  const status = type === 'status-update' ? (message.status ?? 'none') : null;
  const known = status === null || status === 'ended' || status in underWay;
  return {
    ...silentEvent(message, rawBody),
    ...(known && { eventKey: [type, call.id, ...(status === null ? [] : [status])].join(':') }),
    unknownStatus: known ? null : (identifier.safeParse(status).data ?? 'unreadable'),
    report: reportOf(message, call),
  };
}

/** The report in a stored server message or in a fetched call, or null when it holds none. */
export function readVapiReport(body: Buffer): CallReport | null {
  const read = readBody(body, bodySchema);
  return 'message' in read
    ? read.message.call
      ? reportOf(read.message, read.message.call)
      : null
    : callReport(read.call);
}

function silentEvent({ type, call, customer }: VapiMessage, rawBody: Buffer): OutboundCallEvent {
  const metadata = call?.assistantOverrides?.metadata ?? {};
  return {
    eventType: type,
    eventKey: `${type}:${call?.id ?? 'none'}:${sha256(rawBody)}`,
    providerCallId: call?.id ?? null,
    attemptId: attemptIdOf(metadata),
    toNumber: phoneDigits(customer?.number ?? call?.customer?.number),
    unknownStatus: null,
    report: null,
  };
}

/**
 * The status update `ended` reports nothing: the end-of-call report follows with the words, and where it gets lost
 * the call is fetched.
 */
function reportOf(message: VapiMessage, call: VapiCall): CallReport | null {
  switch (message.type) {
    case 'status-update': {
      const status = underWay[message.status ?? ''];
      return status === undefined ? null : callReport({ ...call, status: message.status });
    }
    case 'end-of-call-report':
      return callReport({
        ...call,
        status: 'ended',
        endedReason: message.endedReason ?? call.endedReason,
        startedAt: message.startedAt ?? call.startedAt,
        endedAt: message.endedAt ?? call.endedAt,
        artifact: message.artifact ?? call.artifact,
      });
    default:
      return null;
  }
}

function callReport(call: VapiCall): CallReport | null {
  const transcript = call.artifact?.transcript ?? null;
  const ended = call.status === 'ended';
  const status = ended ? outcomeOf(call.endedReason, transcript) : underWay[call.status ?? ''];
  if (status === undefined) return null;
  const startedAt = readDate(call.startedAt);
  const endedAt = ended ? readDate(call.endedAt) : null;
  return {
    providerCallId: call.id,
    metadata: call.assistantOverrides?.metadata ?? {},
    status,
    endedReason: ended ? call.endedReason : null,
    startedAt,
    endedAt,
    durationMs: startedAt && endedAt ? Math.max(0, endedAt.getTime() - startedAt.getTime()) : null,
    transcript: ended ? transcript : null,
    recordingUrl: ended ? (call.artifact?.recordingUrl ?? null) : null,
  };
}
