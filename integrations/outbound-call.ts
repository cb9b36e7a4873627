import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { InvalidCallEventError } from '../shared/daily-calls/call-event.ts';
import type { CallProvider, CallProviderName, Dial } from '../shared/daily-calls/providers.ts';
import type { VendorFailure } from '../shared/failures.ts';
import { classifyStatus, retryAfterMs, VendorError } from './http.ts';

/** What every provider is given to echo: our ids, the attempt among them. */
export const metadataOf = ({ attemptId, metadata }: Dial): Record<string, string> => ({
  ...metadata,
  attemptId,
});

/**
 * What the answer to a request for a call means. No provider has idempotency keys: after an internal error the
 * telephone may ring all the same, so only a plain "unavailable" counts as not executed. Repeats nothing of the
 * answer's text, which may hold the number.
 */
export function classifyCallAnswer(
  provider: CallProviderName,
  status: number,
  retryAfter?: string | null,
): VendorFailure {
  const waitMs = retryAfterMs(retryAfter, Date.now());
  const failure = classifyStatus(status, `http-${status}`, `${provider} answered ${status}`, waitMs);
  if (status === 402) return { ...failure, kind: 'unauthorized' };
  if (status >= 500 && status !== 503) return { ...failure, kind: 'unknown-outcome' };
  return failure;
}

/** A success that does not say which call it made: one may have been made. */
export const unreadableAnswer = (provider: CallProviderName) =>
  new VendorError({
    kind: 'unknown-outcome',
    code: 'unreadable',
    message: `${provider} accepted the call without an id`,
  });

/** Asked for what the provider cannot do (its `capabilities` say so). */
export const notSupported = (provider: CallProviderName, what: string) =>
  new VendorError({ kind: 'rejected', code: 'not-supported', message: `${provider} cannot ${what}` });

/** Stands in for a provider whose settings are missing: an operator must act. */
export function notConfigured(name: CallProviderName, missing: string): CallProvider {
  const refuse = async () => {
    throw new VendorError({ kind: 'unauthorized', code: 'not-configured', message: `${missing} is not set` });
  };
  return {
    name,
    capabilities: { canLookUp: false, canPoll: false, signsWebhooks: false, sendsStarted: false },
    dial: refuse,
    findByAttempt: refuse,
    fetchCall: refuse,
  };
}

/** Ids and types become keys of rows and runs: printable ASCII only. */
export const identifier = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** Contents of the wrong type are read as null: an odd field must not make a call unreadable. */
export const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** Our metadata as it came back; what is not text was not ours. */
export const echoedMetadata = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((entries) =>
    Object.fromEntries(
      Object.entries(entries ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
  );

/** Our attempt in echoed metadata, if it can be an id at all. */
export const attemptIdOf = (metadata: Record<string, string>): string | null =>
  identifier.safeParse(metadata.attemptId).data ?? null;

/** The number as E.164; providers leave the `+` out. Null: no number. */
export function phoneDigits(value: string | null | undefined): string | null {
  const digits = /^\+?([1-9]\d{6,14})$/.exec(value?.trim() ?? '')?.[1];
  return digits === undefined ? null : `+${digits}`;
}

/** A moment in milliseconds since the epoch or ISO 8601; null: none that can be read. */
export function readDate(value: string | number | null | undefined): Date | null {
  const date = new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Checks a body that was just received or stored before. Throws `InvalidCallEventError`. */
export function readBody<T extends z.ZodType>(rawBody: Buffer, schema: T): z.output<T> {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString());
  } catch {
    throw new InvalidCallEventError('json');
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new InvalidCallEventError(
    'fields',
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })),
  );
}

export const sha256 = (body: Buffer | string) => createHash('sha256').update(body).digest('hex');

/** Compares secrets in constant time, whatever their lengths. */
export const sameSecret = (given: string, expected: string) =>
  timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(expected)));
