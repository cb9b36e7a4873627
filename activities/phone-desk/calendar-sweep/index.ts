import { connectedCompanies } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import type { Deps } from '../../../platform/deps.ts';

const BATCH = 100;

/** What the `calendar-sweep` chain does to the outside; contents only. */
export function createCalendarSweepActivities({ db }: Deps) {
  return {
    /** The next companies that have a calendar, by id; none: that was all. */
    connectedCompanies: (after: string | null) => connectedCompanies(db, after, BATCH),
  };
}

export type CalendarSweepActivities = ReturnType<typeof createCalendarSweepActivities>;
