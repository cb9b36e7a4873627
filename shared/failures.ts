import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

/** A vendor's answer, classified by the vendor's own table in `integrations/<vendor>/`. No personal data. */
export interface VendorFailure {
  /**
   * `rejected`: refused for good · `unavailable`: surely not executed, try later · `rate-limited`: try at
   * `retryAfterMs` · `unauthorized`: our key is wrong, an operator must act · `unknown-outcome`: the
   * connection was lost after the request may have been executed.
   */
  kind: 'rejected' | 'unavailable' | 'rate-limited' | 'unauthorized' | 'unknown-outcome';
  /** The vendor's own code, or a short name for it. */
  code: string;
  message: string;
  /** What a refusal says of the recipient; nothing: it was about something else. */
  recipient?: 'bad-address' | 'opted-out';
  status?: number;
  retryAfterMs?: number;
}

/**
 * Every failure type that crosses from an activity to a workflow: whether Temporal repeats it, who throws
 * it, and what a workflow does about it.
 */
export const failureCatalogue = {
  InvalidInput: { retryable: false, thrownBy: 'any activity', workflow: 'ends as refused' },
  NotFound: { retryable: false, thrownBy: 'database steps', workflow: 'ends as failed; a deleted entity' },
  SlotTaken: { retryable: false, thrownBy: 'hold, calendar', workflow: 'undoes, offers alternatives' },
  VendorRejected: { retryable: false, thrownBy: 'effect ledger', workflow: 'undoes, asks a person' },
  EffectUnknown: { retryable: false, thrownBy: 'effect ledger', workflow: 'asks a person, never repeats' },
  CallNotAllowed: {
    retryable: false,
    thrownBy: 'the last look before dialling',
    workflow: 'reads again what the day may still bring',
  },
  VendorUnavailable: {
    retryable: true,
    thrownBy: 'effect ledger',
    workflow: 'waits within the policy, then undoes',
  },
  VendorUnauthorized: {
    retryable: true,
    thrownBy: 'effect ledger',
    workflow: 'waits for the operator within the policy',
  },
  EffectInProgress: {
    retryable: true,
    thrownBy: 'effect ledger',
    workflow: 'waits: another worker holds the effect',
  },
  RateLimited: { retryable: true, thrownBy: 'limits, vendor', workflow: 'waits until the stated time' },
  HeldBack: {
    retryable: true,
    thrownBy: 'messages to customers',
    workflow: 'waits for the end of quiet hours',
  },
  CircuitOpen: {
    retryable: true,
    thrownBy: 'circuit breaker',
    workflow: 'waits until the breaker tries again',
  },
} as const satisfies Record<string, { retryable: boolean; thrownBy: string; workflow: string }>;

export type FailureType = keyof typeof failureCatalogue;

/** Waiting for a turn is normal work: it is neither logged as an error nor counted as one. */
const benign = new Set<FailureType>(['RateLimited', 'HeldBack', 'CircuitOpen', 'EffectInProgress']);

/** Builds a catalogued failure; `retryInMs` is when the next attempt may run. */
export function failure(
  type: FailureType,
  message: string,
  options: { retryInMs?: number; details?: unknown; cause?: Error } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !failureCatalogue[type].retryable,
    ...(options.retryInMs === undefined ? {} : { nextRetryDelay: Math.max(1, Math.ceil(options.retryInMs)) }),
    ...(options.details === undefined ? {} : { details: [options.details] }),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
    ...(benign.has(type) ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

/** The catalogued failure inside an error chain (activity failure → cause), or null. */
export function findFailure(error: unknown): (ApplicationFailure & { type: FailureType }) | null {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current instanceof ApplicationFailure && current.type && current.type in failureCatalogue) {
      return current as ApplicationFailure & { type: FailureType };
    }
  }
  return null;
}

/** Whether an error chain holds one of these catalogued types. */
export function isFailure(error: unknown, ...types: FailureType[]): boolean {
  const found = findFailure(error);
  return found !== null && types.includes(found.type);
}
