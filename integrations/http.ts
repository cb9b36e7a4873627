import type { VendorFailure } from '../shared/failures.ts';

/** A vendor answered with something other than success, or the line broke; `failure` is the classification. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly failure: VendorFailure;
  constructor(failure: VendorFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Connection errors before a byte was sent: the vendor surely did nothing. */
const notSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function systemCode(error: unknown): string | null {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string') return current.code;
  }
  return null;
}

/** Classifies a request that got no answer: refused before it was sent, or lost on the way. */
export function classifyConnectionError(error: unknown): VendorFailure {
  const code = systemCode(error) ?? (error instanceof Error ? error.name : 'unknown');
  return notSent.has(code)
    ? { kind: 'unavailable', code, message: 'the vendor could not be reached' }
    : { kind: 'unknown-outcome', code, message: 'the connection was lost before an answer' };
}

/** `Retry-After` in seconds or as a date (RFC 9110 10.2.3), as milliseconds from now. */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** The default meaning of an HTTP status; vendor tables refine it. */
export function classifyStatus(
  status: number,
  code: string,
  message: string,
  waitMs?: number,
): VendorFailure {
  if (status === 401 || status === 403) return { kind: 'unauthorized', code, message, status };
  if (status === 429) {
    return {
      kind: 'rate-limited',
      code,
      message,
      status,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    };
  }
  // 502-504 come from something in front of the vendor; the request may have got through.
  if (status === 408 || status === 502 || status === 504)
    return { kind: 'unknown-outcome', code, message, status };
  if (status >= 500) return { kind: 'unavailable', code, message, status };
  return { kind: 'rejected', code, message, status };
}

/** Asks an address that changes nothing; returns the status. Throws `VendorError` when no answer comes. */
export async function askStatus(
  url: string,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<number> {
  try {
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw new VendorError(classifyConnectionError(error));
  }
}
