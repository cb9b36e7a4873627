import Stripe from 'stripe';
import type { VendorFailure } from '../../shared/failures.ts';
import { classifyConnectionError, retryAfterMs } from '../http.ts';

const { errors } = Stripe;

/**
 * What an error of the client means (docs.stripe.com/api/errors). The message repeats neither addresses nor names:
 * Stripe's own may quote what was sent.
 */
export function classifyStripeError(error: unknown): VendorFailure {
  if (!(error instanceof errors.StripeError)) return classifyConnectionError(error);
  const { statusCode: status, param } = error;
  const code = codeOf(error);
  const message = `Stripe ${code}${param ? ` (${param})` : ''}`;
  const answered = { code, message, ...(status === undefined ? {} : { status }) };
  if (error instanceof errors.StripeConnectionError) return classifyConnectionError(error.detail ?? error);
  if (error instanceof errors.StripeRateLimitError) {
    const waitMs = retryAfterMs(error.headers?.['retry-after'], Date.now());
    return {
      kind: 'rate-limited',
      ...answered,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    };
  }
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return { kind: 'unauthorized', ...answered };
  }
  // Another attempt with the same key is at work, or an attempt broke off inside: only a look tells.
  if (error instanceof errors.StripeAPIError) return { kind: 'unknown-outcome', ...answered };
  return { kind: 'rejected', ...answered };
}

/** Stripe's code for it, the issuer's for a declined card; a parameter without a code speaks for itself. */
function codeOf(error: Stripe.errors.StripeError): string {
  const { code, decline_code, param, rawType, statusCode } = error;
  if (decline_code) return decline_code;
  if (code) return code;
  return param
    ? `invalid-${param.replaceAll(/[^a-z0-9_]/gi, '-')}`
    : (rawType ?? `http-${statusCode ?? 'none'}`);
}

/**
 * Stripe keeps the answer of a key for 24 hours, failures of its own and refusals included: asked again it fails again,
 * whatever was put right meanwhile. A declined card is not asked anew behind its owner's back.
 */
export const isReplayedFailure = (error: unknown): boolean =>
  error instanceof errors.StripeError &&
  error.headers?.['idempotent-replayed'] === 'true' &&
  (error instanceof errors.StripeInvalidRequestError || (error.statusCode ?? 0) >= 500);
