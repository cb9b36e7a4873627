import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import {
  type EffectIdentity,
  type Entry,
  enterVendor,
  recordAnswered,
  recordPermitUsed,
  type VendorGate,
} from '../db/effects.ts';
import type { Database } from '../db/tables/database.ts';
import { failure, type VendorFailure } from '../shared/failures.ts';
import { breakerDefaults, createBreaker } from './breaker.ts';

/** Failures that say the vendor, or our account there, is down; a refused booking says nothing of the kind. */
const countsAgainstVendor = (failed: VendorFailure) =>
  failed.kind === 'unavailable' || failed.kind === 'unknown-outcome' || failed.kind === 'unauthorized';

/** Every company has its own account at a vendor, so one that is broken does not stop the others. */
const breakerKeyOf = ({ vendor, companyId }: EffectIdentity) => `${vendor}:${companyId ?? 'all'}`;

/**
 * What stands right before every outside effect: the circuit breaker of the vendor and company, then the
 * quota. Both only delay: the failure says when the next attempt may run.
 */
export function createEffectGate(pool: pg.Pool) {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const breaker = createBreaker(pool);
  const gateOf = (effect: EffectIdentity): VendorGate => ({
    breakerKey: breakerKeyOf(effect),
    probeMs: breakerDefaults.openMs,
  });
  const answered = (effect: EffectIdentity) => recordAnswered(db, effect, breakerKeyOf(effect));
  return {
    gateOf,
    /** Throws `CircuitOpen` or `RateLimited` unless the vendor may be called now. */
    async enter(effect: EffectIdentity): Promise<void> {
      const denied = denial(effect, await enterVendor(pool, effect, gateOf(effect)));
      if (denied) throw denied;
    },
    /** The vendor has answered, if only to say no: it works. */
    answered,
    /** A call has failed; a refusal is an answer. */
    async failed(effect: EffectIdentity, failed: VendorFailure): Promise<void> {
      if (failed.kind === 'rejected') return answered(effect);
      await recordPermitUsed(db, effect);
      if (countsAgainstVendor(failed)) await breaker.failure(breakerKeyOf(effect));
    },
  };
}

/** The failure to throw when the gate said no. */
export function denial({ vendor, quota }: EffectIdentity, { verdict, waitMs }: Entry): Error | null {
  switch (verdict) {
    case 'circuit-open':
      return failure('CircuitOpen', `${vendor} is resting after failures`, { retryInMs: waitMs });
    case 'rate-limited':
      return failure('RateLimited', `the limit ${quota?.key} is used up for now`, {
        retryInMs: waitMs,
        details: { waitMs },
      });
    case 'go':
      return null;
  }
}
