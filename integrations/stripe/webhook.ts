import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const TOLERANCE_S = 300;

export type StripeSignatureCheck =
  | { ok: true }
  | { ok: false; reason: 'missing' | 'malformed' | 'no-secret' | 'mismatch' | 'stale' | 'ahead' };

/**
 * Checks `Stripe-Signature` (`t=<unix seconds>,v1=<hex>,…`): HMAC-SHA256 of `<t>.<raw body>` under the secret as it
 * stands, `whsec_` included. Any of `secrets` may have signed, and there may be several `v1` (rotation on either side);
 * other schemes are not looked at. The digest is checked before the time, so `stale` and `ahead` mean a genuine
 * signature. Stripe's library accepts any time of the future; here it is as limited as the past.
 */
export function verifyStripeSignature(request: {
  rawBody: Buffer;
  header: string | undefined;
  secrets: readonly string[];
  nowMs: number;
}): StripeSignatureCheck {
  const { rawBody, header, secrets, nowMs } = request;
  if (!header) return { ok: false, reason: 'missing' };
  if (secrets.length === 0) return { ok: false, reason: 'no-secret' };
  const parts = header.split(',').map((part) => part.trim().split('=', 2) as [string, string | undefined]);
  const timestamp = parts.find(([name]) => name === 't')?.[1] ?? '';
  const given = parts.filter(([name, value]) => name === 'v1' && /^[0-9a-f]{64}$/i.test(value ?? ''));
  if (!/^\d{1,12}$/.test(timestamp) || given.length === 0) return { ok: false, reason: 'malformed' };
  const digests = given.map(([, value]) => Buffer.from(value!, 'hex'));
  const matches = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();
    return digests.some((digest) => timingSafeEqual(expected, digest));
  });
  if (!matches) return { ok: false, reason: 'mismatch' };
  const ageS = Math.floor(nowMs / 1000) - Number(timestamp);
  if (ageS > TOLERANCE_S) return { ok: false, reason: 'stale' };
  return ageS < -TOLERANCE_S ? { ok: false, reason: 'ahead' } : { ok: true };
}

/** Types and ids become keys of rows and runs: printable ASCII only. */
const identifier = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
const reference = z
  .union([identifier, z.object({ id: identifier }).transform(({ id }) => id)])
  .nullish()
  .catch(null);

/** The object as it was, in the shape of the endpoint's API version. */
const snapshotSchema = z.object({
  object: z.literal('event'),
  id: identifier,
  type: identifier,
  data: z.object({
    object: z.object({ object: identifier, id: identifier.nullish().catch(null), customer: reference }),
  }),
});

/** Only names the object. Those about objects of API v1 have the type of the snapshot behind `v1.`. */
const thinSchema = z.object({
  object: z.literal('v2.core.event'),
  id: identifier,
  type: identifier,
  related_object: z.object({ id: identifier, type: identifier }).nullish(),
});

/** What the inbox needs to know about an event; everything else is read at Stripe. */
export interface StripeEvent {
  /** Unique at Stripe; a repeat has the same. */
  id: string;
  /** As snapshots have it, e.g. `invoice.paid`. */
  type: string;
  /** What it is about; null: nothing that can be looked up. */
  about: { type: string; id: string } | null;
  /** Whose it is, as far as the event says. */
  customerId: string | null;
}

/** Thrown for a body that is not JSON (`problems` empty) or does not have the fields of an event. */
export class InvalidStripeEventError extends Error {
  override readonly name = 'InvalidStripeEventError';
  readonly reason: 'json' | 'fields';
  readonly problems: { path: string; message: string }[];

  constructor(reason: 'json' | 'fields', problems: { path: string; message: string }[] = []) {
    super(reason === 'json' ? 'the body is not JSON' : `${problems.length} field problem(s)`);
    this.reason = reason;
    this.problems = problems;
  }
}

/** Reads a verified body, snapshot or thin. Throws `InvalidStripeEventError`. */
export function parseStripeEvent(rawBody: Buffer): StripeEvent {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString());
  } catch {
    throw new InvalidStripeEventError('json');
  }
  const parsed = z.discriminatedUnion('object', [snapshotSchema, thinSchema]).safeParse(body);
  if (!parsed.success) {
    throw new InvalidStripeEventError(
      'fields',
      parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })),
    );
  }
  const event = parsed.data;
  if (event.object === 'v2.core.event') {
    const about = event.related_object ?? null;
    const customerId = about?.type === 'customer' ? about.id : null;
    return { id: event.id, type: event.type.replace(/^v1\./, ''), about, customerId };
  }
  const { object, id, customer } = event.data.object;
  return {
    id: event.id,
    type: event.type,
    about: id ? { type: object, id } : null,
    customerId: object === 'customer' ? (id ?? null) : (customer ?? null),
  };
}

/** After which a company's subscription may stand otherwise than we have it. */
const followed =
  /^(customer\.deleted|customer\.subscription\..+|checkout\.session\.(completed|async_payment_.+)|charge\.refunded|refund\.(created|updated|failed)|invoice\.(finalized|finalization_failed|paid|payment_.+|overdue|voided|marked_uncollectible))$/;

/** Whether a company's run has to look; everything else is kept and nothing follows from it. */
export const isFollowed = (type: string): boolean => followed.test(type);
