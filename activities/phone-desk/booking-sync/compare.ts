import type { ComparedAppointment } from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import type { SideOfDrift } from '../../../db/tables/calendar-sync.ts';
import type { CalcomBooking } from '../../../integrations/calcom/client.ts';
import { type DriftKind, isBookedAnew } from '../../../shared/calendar-sync.ts';

/** A cancellation here has this long to reach the calendar before it counts as a difference. */
const ON_ITS_WAY_MS = 10 * 60_000;

type Booking = Pick<
  CalcomBooking,
  'uid' | 'status' | 'start' | 'end' | 'updatedAt' | 'eventTypeId' | 'attendees' | 'rescheduledToUid'
>;

export interface Comparing {
  /** Event types that stand for something here; others are not ours to carry. */
  carried: ReadonlySet<number>;
  now: Date;
}

/** What differs between a booking as the calendar lists it and the appointment behind it; null: nothing. */
export function driftOf(
  booking: Booking,
  ours: ComparedAppointment | undefined,
  { carried, now }: Comparing,
): DriftKind | null {
  const stands = booking.status === 'accepted' || booking.status === 'pending';
  const isOver = new Date(booking.end) <= now;
  const adoptable = booking.status === 'accepted' && !isOver && carried.has(booking.eventTypeId);
  if (!ours) return adoptable ? 'unknown-here' : null;
  switch (ours.status) {
    case 'held':
      return null;
    case 'booked':
      return stands ? driftOfStanding(booking, ours) : driftOfEnded(booking, ours);
    case 'completed':
      return stands ? noShowDrift(booking, ours) : null;
    default: {
      if (isBookedAnew(ours, booking)) return adoptable ? 'unknown-here' : null;
      const settled = now.getTime() - ours.updated_at.getTime() > ON_ITS_WAY_MS;
      return stands && !isOver && settled ? 'standing-there' : null;
    }
  }
}

function driftOfStanding(booking: Booking, ours: ComparedAppointment): DriftKind | null {
  const same =
    booking.uid === ours.calcom_booking_uid &&
    new Date(booking.start).getTime() === ours.starts_at.getTime() &&
    new Date(booking.end).getTime() === ours.ends_at.getTime();
  return same ? noShowDrift(booking, ours) : 'moved-there';
}

/** An old booking of an appointment that has moved on is history. */
function driftOfEnded(booking: Booking, ours: ComparedAppointment): DriftKind | null {
  if (booking.uid !== ours.calcom_booking_uid) return null;
  return booking.rescheduledToUid ? 'moved-there' : 'cancelled-there';
}

function noShowDrift({ attendees }: Booking, ours: ComparedAppointment): DriftKind | null {
  const absent = attendees.some((attendee) => attendee.absent === true);
  return absent === (ours.no_show_at !== null) ? null : 'no-show';
}

export const sideHere = (ours: ComparedAppointment): SideOfDrift => ({
  status: ours.status,
  startsAt: ours.starts_at.toISOString(),
  endsAt: ours.ends_at.toISOString(),
  changedAt: ours.updated_at.toISOString(),
});

export const sideThere = ({ status, start, end, updatedAt }: CalcomBooking): SideOfDrift => ({
  status,
  startsAt: new Date(start).toISOString(),
  endsAt: new Date(end).toISOString(),
  changedAt: new Date(updatedAt).toISOString(),
});
