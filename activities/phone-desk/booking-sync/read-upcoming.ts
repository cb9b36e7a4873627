import { standingAppointments } from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import { noteDrifts } from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type Cursor, nextCursor, readBookings } from './calendar-pages.ts';
import { compareBookings } from './compare-page.ts';
import type { ComparedPage } from './read-changed.ts';

export interface UpcomingPage extends ComparedPage {
  /** Bookings of ours that begin within the page and are not on it. */
  missing: { appointmentId: string; bookingUid: string }[];
}

/**
 * The next page of what stands in the calendar from now on, by start. It finds what no change tells: appointments that
 * are here and not there, and changes whose news was lost before the watermark.
 */
export async function readUpcoming(deps: Deps, companyId: string, cursor: Cursor): Promise<UpcomingPage> {
  const { items, more } = await readBookings(deps, companyId, {
    status: 'upcoming,recurring,unconfirmed',
    afterStart: cursor.from,
    sortStart: 'asc',
    skip: String(cursor.skip),
  });
  const drifts = await compareBookings(deps, companyId, items);
  const next = nextCursor(
    cursor,
    items.map(({ start }) => start),
  );
  const stretch = { from: new Date(cursor.from), to: more ? new Date(next.from) : null };
  const listed = items.map(({ uid }) => uid);
  const absent = await standingAppointments(deps.db, companyId, stretch, listed);
  return {
    read: items.length,
    drifts: await noteDrifts(deps.db, companyId, drifts),
    missing: absent.flatMap(({ id, calcom_booking_uid: uid }) =>
      uid ? [{ appointmentId: id, bookingUid: uid }] : [],
    ),
    next,
    more: more && items.length > 0,
  };
}
