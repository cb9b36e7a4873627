import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';

const MAX_LIFE_SEC = 24 * 3_600;

const headerSchema = z.object({ alg: z.literal('ES256'), typ: z.literal('JWT').optional() });
const claimsSchema = z.object({
  aud: z.string(),
  exp: z.number(),
  sub: z.string().regex(/^(mailto:.+@.+|https:\/\/.+)$/),
});

/** Why a push service refuses the sender (RFC 8292), or null. */
export function refuseSender(
  authorization: string | undefined,
  expected: { origin: string; applicationServerKey: string; nowSec: number },
): { status: 401 | 403; reason: string } | null {
  const match = /^vapid t=([\w-]+\.[\w-]+\.[\w-]+), ?k=([\w-]+)$/.exec(authorization ?? '');
  if (!match) return { status: 401, reason: 'no VAPID authorization' };
  const [, token = '', key = ''] = match;
  const [head = '', body = '', signature = ''] = token.split('.');
  const header = headerSchema.safeParse(readPart(head));
  const claims = claimsSchema.safeParse(readPart(body));
  if (!header.success || !claims.success) return { status: 401, reason: 'malformed token' };
  const { aud, exp } = claims.data;
  if (aud !== expected.origin) return { status: 403, reason: `aud is ${aud}, not ${expected.origin}` };
  if (exp <= expected.nowSec) return { status: 401, reason: 'the token is over' };
  if (exp > expected.nowSec + MAX_LIFE_SEC) return { status: 401, reason: 'the token lives over a day' };
  // A subscription is restricted to the key that it was made with.
  if (key !== expected.applicationServerKey) return { status: 403, reason: 'another key than subscribed' };
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: publicKeyOf(key), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return signed ? null : { status: 403, reason: 'the signature does not fit the key' };
}

function readPart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return null;
  }
}

function publicKeyOf(point: string) {
  const bytes = Buffer.from(point, 'base64url');
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33, 65)].map((half) => half.toString('base64url'));
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x!, y: y! } });
}
