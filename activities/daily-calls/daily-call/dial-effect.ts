import type { AttemptToDial } from '../../../db/daily-calls/dial.ts';
import { attemptDialled } from '../../../db/daily-calls/reports.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Effect } from '../../../platform/effects.ts';

/** The provider's id of a placed call; null when a person or a report said that it was placed. */
export interface CallPlaced {
  providerCallId: string | null;
}

export const dialKey = (attemptId: string) => `dial:${attemptId}`;

/** What placing a call and finding out what became of it share. */
export function dialEffect(
  deps: Deps,
  attempt: AttemptToDial & { phone: string },
): Omit<Effect<CallPlaced>, 'perform'> {
  const provider = deps.dialers[attempt.provider];
  const query = { attemptId: attempt.id, to: attempt.phone, dialledAfter: attempt.createdAt };
  return {
    key: dialKey(attempt.id),
    vendor: attempt.provider,
    operation: 'calls.create',
    companyId: attempt.companyId,
    entity: `daily-call/${attempt.userId}/${attempt.localDate}`,
    also: ({ providerCallId }) => attemptDialled(attempt.id, providerCallId ?? null, deps.clock()),
    // A provider that cannot be asked leads to a person, never to a second ring.
    lookUp: provider.capabilities.canLookUp ? () => provider.findByAttempt(query) : null,
    classify: deps.dialerFailure,
  };
}
