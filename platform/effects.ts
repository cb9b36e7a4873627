import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  claimEffect,
  type EffectIdentity,
  recordAttempt,
  recordDone,
  resolveUnknownEffect,
} from '../db/effects.ts';
import { failure, findFailure, type VendorFailure } from '../shared/failures.ts';
import { currentTraceId } from './trace.ts';

/** One outside effect: a booking, a message, a call, a charge. */
export interface Effect<T extends object> extends EffectIdentity {
  /** Does it. Must end (by its own timeout) well within the lease. */
  perform(): Promise<T>;
  /** Asks the vendor whether it was done: the result, or null for surely not. Null: the vendor cannot tell. */
  lookUp: (() => Promise<T | null>) | null;
  /** The vendor's own table. */
  classify(error: unknown): VendorFailure;
}

/** May refuse (throw a catalogued, retryable failure) right before the effect; hears how it went. */
export interface EffectGate {
  enter(effect: EffectIdentity): Promise<void>;
  left(effect: EffectIdentity, failed: VendorFailure | null): Promise<void>;
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
  /** A person's finding about an unknown effect; it is then done, or may be tried again. */
  resolveUnknown(key: string, happened: boolean): Promise<boolean>;
}

/** Longer than any client timeout: while it runs nobody else may touch the effect. */
const LEASE_MS = 12_000;
/** After a lost connection the vendor may still be at work; only then is a look-up final. */
const SETTLE_MS = 1_000;

export function createEffectLedger(pool: pg.Pool, gate: EffectGate): EffectLedger {
  async function once<T extends object>(effect: Effect<T>): Promise<T> {
    const holder = randomUUID();
    const claim = await claimEffect(pool, effect, holder, LEASE_MS, currentTraceId());
    switch (claim.status) {
      case 'done':
        return claim.result as T;
      case 'refused':
        throw rejected(effect, claim.failure);
      case 'unknown':
        throw unknown(effect);
      default:
        if (!claim.claimed) throw heldByAnother(effect, claim.leaseLeftMs);
    }
    if (claim.mustLookUp) {
      const found = await lookUp(effect, holder);
      if (found) return found;
    }
    return perform(effect, holder);
  }

  async function abandon<T extends object>(effect: Omit<Effect<T>, 'perform'>): Promise<T | null> {
    const holder = randomUUID();
    const claim = await claimEffect(pool, effect, holder, LEASE_MS, currentTraceId());
    if (claim.status === 'done') return claim.result as T;
    if (claim.status === 'refused') return null;
    if (claim.status === 'unknown') throw unknown(effect);
    if (!claim.claimed) throw heldByAnother(effect, claim.leaseLeftMs);
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
      await gate.left(effect, failed);
      throw unavailable(effect, failed);
    }
    if (found) await recordDone(pool, effect.key, found);
    return found;
  }

  async function perform<T extends object>(effect: Effect<T>, holder: string): Promise<T> {
    try {
      await gate.enter(effect);
    } catch (denied) {
      await recordAttempt(pool, effect.key, holder, 'retry', null);
      throw denied;
    }
    let result: T;
    try {
      result = await effect.perform();
    } catch (error) {
      throw await recordFailure(effect, holder, error);
    }
    await recordDone(pool, effect.key, result);
    await gate.left(effect, null);
    return result;
  }

  /** Writes down what a failed attempt means and returns the failure to throw. */
  async function recordFailure(effect: Effect<object>, holder: string, error: unknown): Promise<Error> {
    // An effect inside this one (a reservation before a booking) already speaks our language.
    const own = findFailure(error);
    if (own && !own.nonRetryable) {
      await recordAttempt(pool, effect.key, holder, 'retry', null);
      return own;
    }
    const failed: VendorFailure = own
      ? { kind: 'rejected', code: own.type, message: own.message }
      : effect.classify(error);
    await gate.left(effect, failed);
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

  return { once, abandon, resolveUnknown: (key, happened) => resolveUnknownEffect(pool, key, happened) };
}

function heldByAnother(effect: EffectIdentity, leaseLeftMs: number): Error {
  return failure('EffectInProgress', `${effect.operation} is held by another attempt`, {
    retryInMs: leaseLeftMs + 50,
  });
}

function rejected(effect: EffectIdentity, failed: VendorFailure | null): Error {
  const code = failed?.code ?? 'unknown';
  if (code === 'slot-taken' || code === 'SlotTaken') {
    return failure('SlotTaken', `${effect.operation}: the slot is taken`);
  }
  return failure(
    'VendorRejected',
    `${effect.vendor} refused ${effect.operation}: ${failed?.message ?? code}`,
    {
      details: { code },
    },
  );
}

function unavailable(effect: EffectIdentity, failed: VendorFailure): Error {
  const wait = failed.retryAfterMs === undefined ? {} : { retryInMs: failed.retryAfterMs };
  const type =
    failed.kind === 'rate-limited'
      ? 'RateLimited'
      : failed.kind === 'unauthorized'
        ? 'VendorUnauthorized'
        : 'VendorUnavailable';
  return failure(type, `${effect.vendor} ${effect.operation}: ${failed.message} (${failed.code})`, wait);
}

function unknown(effect: EffectIdentity): Error {
  return failure('EffectUnknown', `${effect.vendor} ${effect.operation}: the outcome cannot be known`, {
    details: { key: effect.key, vendor: effect.vendor, operation: effect.operation },
  });
}
