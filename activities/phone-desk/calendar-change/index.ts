import type { Deps } from '../../../platform/deps.ts';
import { adoptBooking } from './adopt-booking.ts';
import { adoptChange } from './adopt-change.ts';
import { fileGone } from './file-gone.ts';
import { tellBothChanged } from './tell-both-changed.ts';

/** What the `calendar-change` chain does to the outside; contents only. */
export function createCalendarChangeActivities(deps: Deps) {
  return {
    adoptBooking: adoptBooking.bind(null, deps),
    adoptChange: adoptChange.bind(null, deps),
    fileGone: fileGone.bind(null, deps),
    tellBothChanged: tellBothChanged.bind(null, deps),
  };
}

export type CalendarChangeActivities = ReturnType<typeof createCalendarChangeActivities>;
