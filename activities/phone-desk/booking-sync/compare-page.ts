import { appointmentsBehind, carriedEventTypes } from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import type { Drift } from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import type { CalcomBooking } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { driftOf, sideHere, sideThere } from './compare.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const ownIdOf = ({ metadata }: CalcomBooking): string | null => {
  const id = metadata?.appointmentId;
  return typeof id === 'string' && uuid.test(id) ? id : null;
};

/** What differs between a page of the calendar and the appointments behind it. */
export async function compareBookings(
  deps: Deps,
  companyId: string,
  bookings: CalcomBooking[],
): Promise<Drift[]> {
  if (bookings.length === 0) return [];
  const ids = bookings.map(ownIdOf).filter((id) => id !== null);
  const [ours, carried] = await Promise.all([
    appointmentsBehind(
      deps.db,
      companyId,
      bookings.map(({ uid }) => uid),
      ids,
    ),
    carriedEventTypes(deps.db, companyId),
  ]);
  const byUid = new Map(ours.map((row) => [row.calcom_booking_uid, row]));
  const byId = new Map(ours.map((row) => [row.id, row]));
  const now = deps.clock();
  return bookings.flatMap((booking) => {
    const own = byUid.get(booking.uid) ?? byId.get(ownIdOf(booking) ?? '');
    const kind = driftOf(booking, own, { carried, now });
    if (!kind) return [];
    return [
      {
        appointmentId: own?.id ?? null,
        bookingUid: booking.uid,
        kind,
        here: own ? sideHere(own) : null,
        there: sideThere(booking),
      },
    ];
  });
}
