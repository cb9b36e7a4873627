import {
  type ComparedAppointment,
  standingAppointments,
} from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import { noteDrifts } from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type Cursor, nextCursor, readBookings } from './calendar-pages.ts';
import { compareBookings } from './compare-page.ts';
import type { ComparedPage } from './read-changed.ts';

export interface UpcomingPage extends ComparedPage {
  /** Bookings of ours that begin within the page and are not on it. */
  missing: { appointmentId: string; bookingUid: string }[];
}

/** A calendar that has nothing at all must not put thousands on one page: each takes its place in the run's history. */
const MISSING_ON_A_PAGE = 250;

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
  const next = nextCursor(
    cursor,
    items.map(({ start }) => start),
  );
  const stretch = { from: new Date(cursor.from), to: more ? new Date(next.from) : null };
  const listed = items.map(({ uid }) => uid);
  const { absent, endsAt } = await absentFrom(deps, companyId, stretch, listed);
  const page = endsAt ? items.filter(({ start }) => new Date(start) < endsAt) : items;
  const drifts = await compareBookings(deps, companyId, page);
  return {
    read: page.length,
    drifts: await noteDrifts(deps.db, companyId, drifts),
    missing: absent.flatMap(({ id, calcom_booking_uid: uid }) =>
      uid ? [{ appointmentId: id, bookingUid: uid }] : [],
    ),
    next: endsAt ? { from: endsAt.toISOString(), skip: 0 } : next,
    more: endsAt !== null || (more && items.length > 0),
  };
}

/** What is not listed within a stretch; `endsAt`: there is too much of it, the page ends sooner, between two starts. */
async function absentFrom(
  { db }: Deps,
  companyId: string,
  stretch: { from: Date; to: Date | null },
  listed: string[],
): Promise<{ absent: ComparedAppointment[]; endsAt: Date | null }> {
  const some = await standingAppointments(db, companyId, stretch, listed, MISSING_ON_A_PAGE);
  const last = some[MISSING_ON_A_PAGE - 1];
  if (!last) return { absent: some, endsAt: null };
  const endsAt = new Date(last.starts_at.getTime() + 1);
  const sooner = { from: stretch.from, to: endsAt };
  return { absent: await standingAppointments(db, companyId, sooner, listed, null), endsAt };
}
