import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const TOLERANCE_MS = 300_000;
const signatureHeader = /^v=(\d{1,16}),d=([0-9a-f]{64})$/i;

export type SignatureCheck =
  | { ok: true }
  | { ok: false; reason: 'missing' | 'malformed' | 'stale' | 'mismatch' };

/**
 * Checks `x-retell-signature`: `v=<unix ms>,d=<HMAC-SHA256 hex of body + ms>`. The digest is checked before
 * the time, so `stale` means a genuine signature that is too old (a replay) or too far ahead.
 * Any of `keys` may have signed (rotation).
 */
export function verifyRetellSignature(request: {
  rawBody: Buffer;
  header: string | undefined;
  keys: readonly string[];
  nowMs: number;
  toleranceMs?: number;
}): SignatureCheck {
  if (!request.header) return { ok: false, reason: 'missing' };
  const [, timestamp, digest] = signatureHeader.exec(request.header) ?? [];
  if (timestamp === undefined || digest === undefined) return { ok: false, reason: 'malformed' };
  const given = Buffer.from(digest, 'hex');
  const matches = request.keys.some((key) =>
    timingSafeEqual(createHmac('sha256', key).update(request.rawBody).update(timestamp).digest(), given),
  );
  if (!matches) return { ok: false, reason: 'mismatch' };
  const ageMs = Math.abs(request.nowMs - Number(timestamp));
  return ageMs > (request.toleranceMs ?? TOLERANCE_MS) ? { ok: false, reason: 'stale' } : { ok: true };
}

/** Ids and types become keys of rows and runs: printable ASCII only. */
const identifier = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
/** What says where a call belongs must be readable; what was said in it may be missing or odd. */
const routing = z.string().max(200).nullish();
const text = z.string().nullish().catch(null);
const milliseconds = z.number().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);

/**
 * The part of Retell's call object that is read here. Lists of values stay open strings: the vendor adds
 * values between minor versions, and a new one must not make a call unreadable. Contents of the wrong type
 * are read as null.
 */
export const retellCallSchema = z.object({
  call_id: identifier,
  agent_id: routing,
  call_status: text,
  direction: routing,
  from_number: routing,
  to_number: routing,
  start_timestamp: milliseconds,
  end_timestamp: milliseconds,
  duration_ms: milliseconds,
  transcript: text,
  recording_url: text,
  disconnection_reason: text,
  call_analysis: z
    .object({
      call_summary: text,
      user_sentiment: text,
      call_successful: flag,
      in_voicemail: flag,
      custom_analysis_data: z.record(z.string(), z.unknown()).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

export type RetellCall = z.infer<typeof retellCallSchema>;

/** A webhook about a phone or web call. */
export const retellEventSchema = z.object({ event: identifier, call: retellCallSchema });

/** Chat agents post to the same address; nothing here listens to them. */
const chatEventSchema = z.object({
  event: identifier,
  chat: z.object({ chat_id: identifier }),
});

/** What the inbox needs to know about an event; everything else stays in the body. */
export interface RetellEvent {
  eventType: string;
  eventKey: string;
  /** null for a chat event. */
  callId: string | null;
  agentId: string | null;
  toNumber: string | null;
  fromNumber: string | null;
  direction: string | null;
}

/** Thrown for a body that is not JSON (`problems` empty) or does not have the fields of an event. */
export class InvalidRetellEventError extends Error {
  override readonly name = 'InvalidRetellEventError';
  readonly reason: 'json' | 'fields';
  readonly problems: { path: string; message: string }[];

  constructor(reason: 'json' | 'fields', problems: { path: string; message: string }[] = []) {
    super(
      reason === 'json'
        ? 'the body is not JSON'
        : `the event has ${problems.length} field problem(s): ${problems.map(({ path }) => path).join(', ')}`,
    );
    this.reason = reason;
    this.problems = problems;
  }
}

/** The events that happen once per call; the vendor sends no event id, so type and call are the key. */
const lifeEvents = new Set(['call_started', 'call_ended', 'call_analyzed']);

/** Whether a chain listens to this type of event. */
export const isCallLifeEvent = (eventType: string) => lifeEvents.has(eventType);

/**
 * Reads the routing fields of a verified body. Types that may repeat within one call (transcript updates,
 * transfers, whatever comes next) are told apart by their body. Throws `InvalidRetellEventError`.
 */
export function parseRetellEvent(rawBody: Buffer): RetellEvent {
  const body = readJson(rawBody);
  const chat = chatEventSchema.safeParse(body);
  if (chat.success) {
    const { event, chat: conversation } = chat.data;
    return {
      eventType: event,
      eventKey: `${event}:${conversation.chat_id}:${sha256(rawBody)}`,
      callId: null,
      agentId: null,
      toNumber: null,
      fromNumber: null,
      direction: null,
    };
  }
  const parsed = retellEventSchema.safeParse(body);
  if (!parsed.success) {
    throw new InvalidRetellEventError(
      'fields',
      parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })),
    );
  }
  const { event, call } = parsed.data;
  const key = `${event}:${call.call_id}`;
  return {
    eventType: event,
    eventKey: lifeEvents.has(event) ? key : `${key}:${sha256(rawBody)}`,
    callId: call.call_id,
    agentId: call.agent_id ?? null,
    toNumber: call.to_number ?? null,
    fromNumber: call.from_number ?? null,
    direction: call.direction ?? null,
  };
}

function readJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString());
  } catch {
    throw new InvalidRetellEventError('json');
  }
}

const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex');
