import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import {
  type Alongside,
  beginEffect,
  type EffectIdentity,
  recordAlongside,
  recordAttempt,
  recordDone,
  recordHappened,
  resolveUnknownEffect,
} from '../db/effects.ts';
import type { Database } from '../db/tables/database.ts';
import { findFailure, type VendorFailure } from '../shared/failures.ts';
import { heldByAnother, rejected, unavailable, unknown } from './effect-failures.ts';
import { createEffectGate, denial } from './effect-gate.ts';
import { currentTraceId } from './trace.ts';

/** One outside effect: a booking, a message, a call, a charge. */
export interface Effect<T extends object> extends EffectIdentity {
  /**
   * Does it, in one call to the vendor. Must end (by its own timeout) well within the lease. Never holds a
   * second effect: both would have to pass the same circuit breaker, and a probe would wait for itself.
   */
  perform(): Promise<T>;
  /**
   * What else is true once it has happened: written in one statement with the ledger's note, so that no crash comes
   * between the two.
   */
  also?(result: T): Alongside;
  /** Asks the vendor whether it was done: the result, or null for surely not. Null: the vendor cannot tell. */
  lookUp: (() => Promise<T | null>) | null;
  /** The vendor's own table. */
  classify(error: unknown): VendorFailure;
}

export interface EffectLedger {
  /**
   * Does an effect at most once, over crashes and workers, and returns its result, now or from the ledger.
   * Throws catalogued failures: `VendorRejected`, `EffectUnknown` (final), the retryable ones otherwise.
   */
  once<T extends object>(effect: Effect<T>): Promise<T>;
  /**
   * Makes sure an effect will not happen any more: its result when it had happened (looked up at the vendor
   * if need be), null when it had not and now never will. For undoing.
   */
  abandon<T extends object>(effect: Omit<Effect<T>, 'perform'>): Promise<T | null>;
  /**
   * The vendor itself has said that an effect happened, whatever became of its answer. Written with what else that
   * means, in the caller's transaction.
   */
  happened(trx: Kysely<Database>, key: string): Promise<void>;
  /** A person's finding about an unknown effect; it is then done, or may be tried again. */
  resolveUnknown(key: string, happened: boolean): Promise<boolean>;
}

/** Longer than any client timeout: while it runs nobody else may touch the effect. */
const LEASE_MS = 12_000;
/** After a lost connection the vendor may still be at work; only then is a look-up final. */
const SETTLE_MS = 1_000;

export function createEffectLedger(pool: pg.Pool): EffectLedger {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const gate = createEffectGate(pool);

  const begin = (effect: Omit<Effect<object>, 'perform'>, holder: string, performs: boolean) =>
    beginEffect(pool, effect, {
      holder,
      leaseMs: LEASE_MS,
      traceId: currentTraceId(),
      gate: gate.gateOf(effect),
      canTell: effect.lookUp !== null,
      performs,
    });

  async function once<T extends object>(effect: Effect<T>): Promise<T> {
    const holder = randomUUID();
    const claim = await begin(effect, holder, true);
    switch (claim.status) {
      case 'done':
        return known(effect, claim.result as T);
      case 'refused':
        throw rejected(effect, claim.failure);
      case 'unknown':
        throw unknown(effect);
      default:
        if (!claim.claimed) throw heldByAnother(effect, claim.leaseLeftMs);
    }
    const denied = denial(effect, claim);
    if (denied) throw denied;
    if (claim.mustLookUp) {
      const found = await lookUp(effect, holder);
      if (found) return found;
      await enter(effect, holder);
    }
    return perform(effect, holder);
  }

  async function abandon<T extends object>(effect: Omit<Effect<T>, 'perform'>): Promise<T | null> {
    const holder = randomUUID();
    const claim = await begin(effect, holder, false);
    if (claim.status === 'done') return known(effect, claim.result as T);
    if (claim.status === 'refused') return null;
    if (claim.status === 'unknown') throw unknown(effect);
    if (!claim.claimed) throw heldByAnother(effect, claim.leaseLeftMs);
    const denied = denial(effect, claim);
    if (denied) throw denied;
    if (claim.mustLookUp) {
      const found = await lookUp(effect, holder);
      if (found) return found;
    }
    await recordAttempt(pool, effect.key, holder, 'refused', {
      kind: 'rejected',
      code: 'abandoned',
      message: 'undone before it happened',
    });
    return null;
  }

  async function lookUp<T extends object>(
    effect: Omit<Effect<T>, 'perform'>,
    holder: string,
  ): Promise<T | null> {
    if (!effect.lookUp) {
      await recordAttempt(pool, effect.key, holder, 'unknown', null);
      throw unknown(effect);
    }
    let found: T | null;
    try {
      found = await effect.lookUp();
    } catch (error) {
      const failed = effect.classify(error);
      await recordAttempt(pool, effect.key, holder, 'intent', failed, failed.retryAfterMs);
      await gate.failed(effect, failed);
      throw unavailable(effect, failed);
    }
    if (found) await done(effect, found);
    else await gate.answered(effect);
    return found;
  }

  const done = <T extends object>(effect: Omit<Effect<T>, 'perform'>, result: T) =>
    recordDone(db, effect, result, gate.gateOf(effect).breakerKey, effect.also?.(result));

  async function known<T extends object>(effect: Omit<Effect<T>, 'perform'>, result: T): Promise<T> {
    if (effect.also) await recordAlongside(db, effect.also(result));
    return result;
  }

  /** Steps up to the gate once more, after a look-up has found nothing. */
  async function enter(effect: EffectIdentity, holder: string): Promise<void> {
    try {
      await gate.enter(effect);
    } catch (denied) {
      await recordAttempt(pool, effect.key, holder, 'retry', null);
      throw denied;
    }
  }

  async function perform<T extends object>(effect: Effect<T>, holder: string): Promise<T> {
    let result: T;
    try {
      result = await effect.perform();
    } catch (error) {
      throw await recordFailure(effect, holder, error);
    }
    await done(effect, result);
    return result;
  }

  /** Writes down what a failed attempt means and returns the failure to throw. */
  async function recordFailure(effect: Effect<object>, holder: string, error: unknown): Promise<Error> {
    // What our own code throws on the way (a company without a key) already speaks our language.
    const own = findFailure(error);
    if (own && !own.nonRetryable) {
      await recordAttempt(pool, effect.key, holder, 'retry', null);
      return own;
    }
    const failed: VendorFailure = own
      ? { kind: 'rejected', code: own.type, message: own.message }
      : effect.classify(error);
    await gate.failed(effect, failed);
    switch (failed.kind) {
      case 'rejected':
        await recordAttempt(pool, effect.key, holder, 'refused', failed);
        return rejected(effect, failed);
      case 'unknown-outcome':
        if (!effect.lookUp) {
          await recordAttempt(pool, effect.key, holder, 'unknown', failed);
          return unknown(effect);
        }
        await recordAttempt(pool, effect.key, holder, 'intent', failed, SETTLE_MS);
        return unavailable(effect, { ...failed, retryAfterMs: SETTLE_MS + 50 });
      default:
        await recordAttempt(pool, effect.key, holder, 'retry', failed);
        return unavailable(effect, failed);
    }
  }

  return {
    once,
    abandon,
    happened: recordHappened,
    resolveUnknown: (key, happened) => resolveUnknownEffect(pool, key, happened),
  };
}
