import type { EffectIdentity } from '../db/effects.ts';
import { failure, type VendorFailure } from '../shared/failures.ts';

export function heldByAnother(effect: EffectIdentity, leaseLeftMs: number): Error {
  return failure('EffectInProgress', `${effect.operation} is held by another attempt`, {
    retryInMs: leaseLeftMs + 50,
  });
}

export function rejected(effect: EffectIdentity, failed: VendorFailure | null): Error {
  const code = failed?.code ?? 'unknown';
  if (code === 'slot-taken' || code === 'SlotTaken') {
    return failure('SlotTaken', `${effect.operation}: the slot is taken`);
  }
  return failure(
    'VendorRejected',
    `${effect.vendor} refused ${effect.operation}: ${failed?.message ?? code}`,
    {
      details: { code, ...(failed?.recipient && { recipient: failed.recipient }) },
    },
  );
}

export function unavailable(effect: EffectIdentity, failed: VendorFailure): Error {
  const wait = failed.retryAfterMs === undefined ? {} : { retryInMs: failed.retryAfterMs };
  const type =
    failed.kind === 'rate-limited'
      ? 'RateLimited'
      : failed.kind === 'unauthorized'
        ? 'VendorUnauthorized'
        : 'VendorUnavailable';
  return failure(type, `${effect.vendor} ${effect.operation}: ${failed.message} (${failed.code})`, wait);
}

export function unknown(effect: EffectIdentity): Error {
  return failure('EffectUnknown', `${effect.vendor} ${effect.operation}: the outcome cannot be known`, {
    details: { key: effect.key, vendor: effect.vendor, operation: effect.operation },
  });
}
