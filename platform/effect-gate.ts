import type pg from 'pg';
import { failure, type VendorFailure } from '../shared/failures.ts';
import { createBreaker } from './breaker.ts';
import type { EffectGate } from './effects.ts';
import { createLimits } from './limits/limits.ts';

/** Failures that say the vendor, or our account there, is down; a refused booking says nothing of the kind. */
const countsAgainstVendor = (failed: VendorFailure) =>
  failed.kind === 'unavailable' || failed.kind === 'unknown-outcome' || failed.kind === 'unauthorized';

/**
 * What stands right before every outside effect: the circuit breaker of the vendor and company, then the
 * quota. Both only delay: the failure says when the next attempt may run.
 */
export function createEffectGate(pool: pg.Pool): EffectGate {
  const breaker = createBreaker(pool);
  const limits = createLimits(pool);
  const breakerKey = (effect: { vendor: string; companyId: string | null }) =>
    `${effect.vendor}:${effect.companyId ?? 'all'}`;
  return {
    async enter(effect) {
      const circuit = await breaker.check(breakerKey(effect));
      if (circuit.open) {
        throw failure('CircuitOpen', `${effect.vendor} is resting after failures`, {
          retryInMs: circuit.retryInMs,
        });
      }
      if (!effect.quota) return;
      const permit = await limits.takePermit({ ...effect.quota, holder: effect.key });
      if (permit.granted) return;
      throw failure('RateLimited', `the limit ${effect.quota.key} is used up for now`, {
        retryInMs: permit.retryInMs,
      });
    },
    async left(effect, failed) {
      if (!failed) await breaker.success(breakerKey(effect));
      else if (countsAgainstVendor(failed)) await breaker.failure(breakerKey(effect));
    },
  };
}
