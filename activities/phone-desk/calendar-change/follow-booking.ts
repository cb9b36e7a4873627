import type { CalcomBooking } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { calcomQuota } from '../../../shared/calcom-quota.ts';
import { isFailure } from '../../../shared/failures.ts';

/** Moved more often than that, somebody is playing. */
const MAX_MOVES = 25;

/** A booking as it stands now, and every uid that it has had on the way. */
export interface FollowedBooking {
  current: CalcomBooking;
  uids: string[];
}

/** Reads bookings of one company, within its share of the vendor's rate. */
export async function bookingReader(deps: Deps, companyId: string) {
  const calcom = await deps.calcom(companyId);
  const { limits } = await deps.companySettings(companyId);
  const quota = calcomQuota(companyId, limits);
  return async (uid: string): Promise<CalcomBooking | null> => {
    const question = {
      vendor: 'calcom',
      operation: 'bookings.get',
      companyId,
      entity: uid,
      quota,
      classify: deps.calcomFailure,
    };
    try {
      return await deps.reads.read({ ...question, ask: () => calcom.getBooking(uid) });
    } catch (error) {
      // Not found, or another account's: not ours to follow.
      if (isFailure(error, 'VendorRejected')) return null;
      throw error;
    }
  };
}

/**
 * Follows a booking over all its moves, forward to where it stands now and back to where it began. A move makes a new
 * booking under a new uid. Null: the calendar has no such booking.
 */
export async function followBooking(
  read: (uid: string) => Promise<CalcomBooking | null>,
  uid: string,
): Promise<FollowedBooking | null> {
  const first = await read(uid);
  if (!first) return null;
  const uids = [first.uid];
  let current = first;
  while (current.rescheduledToUid && uids.length < MAX_MOVES) {
    const next = await read(current.rescheduledToUid);
    if (!next) break;
    current = next;
    uids.push(next.uid);
  }
  for (let from = first.rescheduledFromUid; from && uids.length < MAX_MOVES; ) {
    uids.unshift(from);
    from = (await read(from))?.rescheduledFromUid;
  }
  return { current, uids };
}
