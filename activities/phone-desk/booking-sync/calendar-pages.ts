import type { CalcomBooking, CalcomPage } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { calcomQuota } from '../../../shared/calcom-quota.ts';

/** Reads one page of a company's bookings, within its share of the vendor's rate. */
export async function readBookings(
  deps: Deps,
  companyId: string,
  query: Record<string, string>,
): Promise<CalcomPage<CalcomBooking>> {
  const calcom = await deps.calcom(companyId);
  const { limits } = await deps.companySettings(companyId);
  return deps.reads.read({
    vendor: 'calcom',
    operation: 'bookings.list',
    companyId,
    entity: companyId,
    quota: calcomQuota(companyId, limits),
    classify: deps.calcomFailure,
    ask: () => calcom.listBookings(query),
  });
}

/** Where a list that is read in order goes on: from a value of its order, over `skip` rows that have just that value. */
export interface Cursor {
  /** ISO 8601, UTC. */
  from: string;
  skip: number;
}

/**
 * The next cursor. It goes on from the last value itself, since rows that change while we read leave their place: to
 * skip over what was seen would pass over others. What has the very same value is read again; only a page that holds
 * nothing else is skipped.
 */
export function nextCursor({ from, skip }: Cursor, values: string[]): Cursor {
  const last = values.at(-1);
  if (last === undefined) return { from, skip };
  const at = new Date(last).toISOString();
  const stuck = values.every((value) => new Date(value).toISOString() === at);
  if (!stuck) return { from: at, skip: 0 };
  return { from: at, skip: (at === new Date(from).toISOString() ? skip : 0) + values.length };
}
