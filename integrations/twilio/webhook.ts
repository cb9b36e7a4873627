import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { VendorFailure } from '../../shared/failures.ts';
import type { Delivery } from '../../shared/messages/delivery.ts';
import { classifyDeliveryError } from './error-codes.ts';

export type TwilioSignatureCheck = { ok: true } | { ok: false; reason: 'missing' | 'mismatch' };

/** As Twilio reads a form: sorted by name, the values of one name sorted and each of them once. */
function signedForm(form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort();
  return names
    .flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value))
    .join('');
}

/** The address with and without the port that its scheme has anyway: proxies add it and take it away. */
function spellings(url: string): string[] {
  const { protocol, port } = new URL(url);
  const [, scheme = '', host = '', rest = ''] = /^(https?:\/\/)([^/?#]+)(.*)$/.exec(url) ?? [];
  if (port !== '') return [url];
  const bare = host.replace(/:\d+$/, '');
  return [url, `${scheme}${bare}${rest}`, `${scheme}${bare}:${protocol === 'https:' ? 443 : 80}${rest}`];
}

/**
 * Checks `X-Twilio-Signature`: base64 HMAC-SHA1, under the account's token, of the address that Twilio was given and of
 * every field of the form. `url` is that public address with its query; any of `tokens` may have signed (rotation).
 */
export function verifyTwilioSignature(request: {
  url: string;
  rawBody: Buffer;
  header: string | undefined;
  tokens: readonly string[];
}): TwilioSignatureCheck {
  const { url, rawBody, header, tokens } = request;
  if (!header) return { ok: false, reason: 'missing' };
  const given = Buffer.from(header, 'base64');
  const form = signedForm(new URLSearchParams(rawBody.toString()));
  const matches = tokens.some((token) =>
    spellings(url).some((spelling) => {
      const expected = createHmac('sha1', token)
        .update(spelling + form)
        .digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    }),
  );
  return matches ? { ok: true } : { ok: false, reason: 'mismatch' };
}

/** What Twilio reports of a message that it took. */
export interface TwilioStatus {
  kind: 'status';
  messageSid: string;
  /** Twilio's own word. */
  status: string;
  /** Null: a status that nobody documented. */
  delivery: Delivery | null;
  /** Twilio's error of a message that was not delivered. */
  code: string | null;
  recipient: VendorFailure['recipient'] | null;
}

/** Something that somebody has written to one of our numbers. */
export interface TwilioInbound {
  kind: 'inbound';
  messageSid: string;
  channel: 'sms' | 'whatsapp';
  /** E.164, of both. */
  from: string;
  to: string;
  text: string;
  /** Twilio has understood it as a word of opting out or in, and has answered it. */
  answeredByTwilio: boolean;
}

/** Thrown for a signed form that is neither. */
export class InvalidTwilioEventError extends Error {
  override readonly name = 'InvalidTwilioEventError';
  readonly problems: { path: string; message: string }[];
  constructor(problems: { path: string; message: string }[]) {
    super('not an event of a message');
    this.problems = problems;
  }
}

const deliveryOf: Record<string, Delivery> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

const sid = z.string().regex(/^[A-Z]{2}[0-9a-zA-Z]{10,64}$/, 'must be the id of a message');
const address = z.string().regex(/^(whatsapp:)?\+[1-9]\d{6,14}$/, 'must be a number in E.164');
const statusSchema = z.object({
  MessageSid: sid,
  MessageStatus: z.string().regex(/^[a-z_]{1,40}$/, 'must be a status'),
  ErrorCode: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .catch(undefined),
});
const inboundSchema = z.object({
  MessageSid: sid,
  From: address,
  To: address,
  Body: z.string().max(10_000).default(''),
  OptOutType: z.string().optional(),
});

/** Reads a verified form. Throws `InvalidTwilioEventError`. */
export function parseTwilioEvent(rawBody: Buffer): TwilioStatus | TwilioInbound {
  const form = Object.fromEntries(new URLSearchParams(rawBody.toString()));
  if ('MessageStatus' in form) {
    const { MessageSid, MessageStatus, ErrorCode } = checked(statusSchema, form);
    const failure = ErrorCode && Number(ErrorCode) > 0 ? classifyDeliveryError(Number(ErrorCode)) : null;
    return {
      kind: 'status',
      messageSid: MessageSid,
      status: MessageStatus,
      delivery: deliveryOf[MessageStatus] ?? null,
      code: failure?.code ?? null,
      recipient: failure?.recipient ?? null,
    };
  }
  const { MessageSid, From, To, Body, OptOutType } = checked(inboundSchema, form);
  const bare = (text: string) => text.replace('whatsapp:', '');
  return {
    kind: 'inbound',
    messageSid: MessageSid,
    channel: To.startsWith('whatsapp:') ? 'whatsapp' : 'sms',
    from: bare(From),
    to: bare(To),
    text: Body,
    answeredByTwilio: OptOutType !== undefined,
  };
}

function checked<T>(schema: z.ZodType<T>, form: unknown): T {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  throw new InvalidTwilioEventError(
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })),
  );
}

const xml: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** TwiML that has Twilio send a text back to whoever has written; null: nothing is sent. */
export function twimlReply(text: string | null): string {
  const escaped = text?.replace(/[&<>"']/g, (character) => xml[character]!);
  const message = escaped ? `<Message>${escaped}</Message>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${message}</Response>`;
}
