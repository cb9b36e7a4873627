import { findCompany } from '../../../db/companies.ts';
import { readWatermark } from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import { beginSync, finishSync, isConnected } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Cursor } from './calendar-pages.ts';

const MINUTE_MS = 60_000;
/** What was still being written when the watermark passed it comes to light later. */
const OVERLAP_MS = 10 * MINUTE_MS;
/** How far the first look goes back. */
const FIRST_LOOK_BACK_MS = 7 * 24 * 60 * MINUTE_MS;

export interface BegunSync {
  syncId: string;
  changes: Cursor;
  upcoming: Cursor;
  /** Between two bookings that are taken over, so that callers find room in the company's share of the rate. */
  paceMs: number;
}

/** Begins the comparison of a company's bookings; null: it has no calendar to compare with. */
export async function beginBookingSync(
  deps: Deps,
  companyId: string,
  takenBy: string,
): Promise<BegunSync | null> {
  const { db, clock } = deps;
  if (!(await findCompany(db, companyId))) return null;
  const target = { companyId, kind: 'bookings' } as const;
  const syncId = await beginSync(db, target, takenBy);
  if (!(await isConnected(db, companyId))) {
    await finishSync(db, target, syncId, { status: 'not-connected', detail: {} });
    return null;
  }
  const now = clock().getTime();
  const watermark = await readWatermark(db, companyId);
  const since = watermark ? watermark.getTime() - OVERLAP_MS : now - FIRST_LOOK_BACK_MS;
  const { limits } = await deps.companySettings(companyId);
  return {
    syncId,
    changes: { from: new Date(since).toISOString(), skip: 0 },
    upcoming: { from: new Date(now).toISOString(), skip: 0 },
    paceMs: Math.round((2 * MINUTE_MS) / limits.apiCallsPerMinute),
  };
}
