import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export type CalcomSignatureCheck =
  | { ok: true }
  | { ok: false; reason: 'missing' | 'malformed' | 'no-secret' | 'mismatch' };

/** What Cal.com sends as the signature of a subscription without a secret: everybody could have sent it. */
const UNSIGNED = 'no-secret-provided';

/**
 * Checks `X-Cal-Signature-256`: hex HMAC-SHA256 of the raw body under the secret as it stands. It covers no time and
 * no id, so a replay is only known by its body. Any of `secrets` may have signed (rotation).
 */
export function verifyCalcomSignature(request: {
  rawBody: Buffer;
  header: string | undefined;
  secrets: readonly string[];
}): CalcomSignatureCheck {
  const { rawBody, header, secrets } = request;
  if (!header) return { ok: false, reason: 'missing' };
  if (secrets.length === 0 || header === UNSIGNED) return { ok: false, reason: 'no-secret' };
  if (!/^[0-9a-f]{64}$/i.test(header)) return { ok: false, reason: 'malformed' };
  const given = Buffer.from(header, 'hex');
  const matches = secrets.some((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(rawBody).digest(), given),
  );
  return matches ? { ok: true } : { ok: false, reason: 'mismatch' };
}

/** Types and ids become keys of rows and runs: printable ASCII only. */
const identifier = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** `MEETING_*` have had the booking's fields beside `triggerEvent` instead of under `payload`. */
const eventSchema = z.object({
  triggerEvent: identifier,
  createdAt: z.string().max(64).nullish(),
  payload: z
    .object({
      uid: identifier.nullish(),
      /** Of `BOOKING_NO_SHOW_UPDATED`, which has no `uid`. */
      bookingUid: identifier.nullish(),
      /** `Test`: the button of the dashboard. */
      type: z.string().nullish().catch(null),
    })
    .default({}),
});

/** What the inbox needs to know about an event; the booking itself is read in the calendar. */
export interface CalcomEvent {
  eventType: string;
  eventKey: string;
  /** The booking that a chain has to look at; null: none, or not ours to follow. */
  bookingUid: string | null;
  /** The booking that the body tells of, whether anybody looks at it or not. */
  aboutUid: string | null;
}

/** The triggers after which a booking may stand otherwise in the calendar than here. */
export const bookingTriggers: ReadonlySet<string> = new Set([
  'BOOKING_CREATED',
  'BOOKING_REQUESTED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_NO_SHOW_UPDATED',
  'BOOKING_PAID',
]);

/** Thrown for a body that is not JSON (`problems` empty) or does not have the fields of an event. */
export class InvalidCalcomEventError extends Error {
  override readonly name = 'InvalidCalcomEventError';
  readonly reason: 'json' | 'fields';
  readonly problems: { path: string; message: string }[];

  constructor(reason: 'json' | 'fields', problems: { path: string; message: string }[] = []) {
    super(reason === 'json' ? 'the body is not JSON' : `${problems.length} field problem(s)`);
    this.reason = reason;
    this.problems = problems;
  }
}

/** Reads a verified body. Cal.com sends no event id: the body is the key. Throws `InvalidCalcomEventError`. */
export function parseCalcomEvent(rawBody: Buffer): CalcomEvent {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString());
  } catch {
    throw new InvalidCalcomEventError('json');
  }
  const parsed = eventSchema.safeParse(body);
  if (!parsed.success) {
    throw new InvalidCalcomEventError(
      'fields',
      parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })),
    );
  }
  const { triggerEvent, payload } = parsed.data;
  const uid = payload.uid ?? payload.bookingUid ?? null;
  const followed = bookingTriggers.has(triggerEvent) && payload.type !== 'Test';
  return {
    eventType: triggerEvent,
    eventKey: `${triggerEvent}:${uid ?? '-'}:${createHash('sha256').update(rawBody).digest('hex')}`,
    bookingUid: followed ? uid : null,
    aboutUid: uid,
  };
}
