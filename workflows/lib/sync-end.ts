import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { isFailure } from '../../shared/failures.ts';

/** What a failure means for a comparison with a calendar; null: it is not a matter of the calendar. */
export function syncEndOf(error: unknown): 'key-refused' | 'postponed' | null {
  if (isFailure(error, 'VendorUnauthorized')) return 'key-refused';
  const late = error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
  const passing = isFailure(error, 'VendorUnavailable', 'RateLimited', 'CircuitOpen', 'EffectInProgress');
  return late || passing ? 'postponed' : null;
}
