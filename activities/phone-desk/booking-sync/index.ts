import { advanceWatermark } from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import {
  driftsToTell,
  noteOutcome,
  resolveDrifts,
} from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import { finishSync } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { DriftKind, SyncEnd } from '../../../shared/calendar-sync.ts';
import { beginBookingSync } from './begin-booking-sync.ts';
import { noteGone, noteMissing } from './note-gone.ts';
import { readChanged } from './read-changed.ts';
import { readUpcoming } from './read-upcoming.ts';

/** What the `booking-sync` chain does to the outside; contents only. */
export function createBookingSyncActivities(deps: Deps) {
  const { db } = deps;
  return {
    beginBookingSync: beginBookingSync.bind(null, deps),
    readChanged: readChanged.bind(null, deps),
    readUpcoming: readUpcoming.bind(null, deps),
    noteMissing: noteMissing.bind(null, deps),
    noteGone: noteGone.bind(null, deps),
    noteOutcome: (companyId: string, drift: { bookingUid: string; kind: DriftKind }, outcome: string) =>
      noteOutcome(db, companyId, drift, outcome),
    /** Everything up to here is taken over; ISO 8601, UTC. */
    advanceWatermark: (companyId: string, until: string) => advanceWatermark(db, companyId, new Date(until)),
    /** How it ended; after a whole comparison, what it has not found any more is over. */
    async finishBookingSync(
      companyId: string,
      syncId: string,
      end: { status: SyncEnd; detail: Record<string, unknown> },
    ): Promise<void> {
      if (end.status === 'synced') await resolveDrifts(db, companyId, syncId);
      await finishSync(db, { companyId, kind: 'bookings' }, syncId, end);
    },
    driftsToTell: (companyId: string) => driftsToTell(db, companyId),
  };
}

export type BookingSyncActivities = ReturnType<typeof createBookingSyncActivities>;
