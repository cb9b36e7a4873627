import {
  type PendingEventTypes,
  pendingEventTypes,
} from '../../../db/phone-desk/staff-assignment/staff-assignment-run.ts';
import type { Deps } from '../../../platform/deps.ts';

const MINUTE_MS = 60_000;
/** An event type is read, written and looked at again. */
const CALLS_EACH = 3;
/** A long batch must leave a company's calls to its calendar for those who book. */
const SHARE_OF_QUOTA = 1 / 2;

export type NextEventTypes =
  /** `paceMs`: how long these are to take, so that they use no more than their share. */
  (PendingEventTypes & { state: 'go'; paceMs: number }) | Exclude<PendingEventTypes, { state: 'go' }>;

/** The event types that come next, at most `most`, and no more than the company's limit has room for. */
export async function nextEventTypes(
  deps: Deps,
  batchId: string,
  companyId: string,
  most: number,
): Promise<NextEventTypes> {
  const pending = await pendingEventTypes(deps.db, batchId, most);
  if (pending.state !== 'go') return pending;
  const { limits } = await deps.companySettings(companyId);
  const perMinute = (limits.apiCallsPerMinute * SHARE_OF_QUOTA) / CALLS_EACH;
  const eventTypeIds = pending.eventTypeIds.slice(0, Math.max(1, Math.floor(perMinute)));
  return { state: 'go', eventTypeIds, paceMs: Math.ceil((eventTypeIds.length / perMinute) * MINUTE_MS) };
}
