import { readAppointment } from '../../../db/phone-desk/booking/booking.ts';
import type { CalcomClient } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isFailure } from '../../../shared/failures.ts';
import { bookingEffect, calcomEffect } from './calcom-effects.ts';

type Appointment = NonNullable<Awaited<ReturnType<typeof readAppointment>>>;

/** Moved more often than that while we cancel, somebody is playing. */
const MAX_MOVES = 25;

/**
 * Takes the appointment out of Cal.com, whether the booking was made, may have been made, or was not: the
 * undo of `createCalcomBooking` and the calendar's part of a cancellation. What has been moved there meanwhile is
 * cancelled where it stands now. `bookingUid`: a booking that was left standing there, instead of the one we know.
 */
export async function cancelCalcomBooking(
  deps: Deps,
  appointmentId: string,
  reason: string,
  bookingUid: string | null = null,
): Promise<void> {
  const appointment = await readAppointment(deps.db, appointmentId);
  if (!appointment) return;
  const calcom = await deps.calcom(appointment.company_id);
  let uid: string | null | undefined =
    bookingUid ??
    appointment.calcom_booking_uid ??
    (await deps.effects.abandon(await bookingEffect(deps, calcom, appointment)))?.uid;
  for (let moves = 0; uid && moves < MAX_MOVES; moves += 1) {
    uid = await cancelOne(deps, calcom, appointment, uid, reason);
  }
}

/** Null: it is out of the calendar; otherwise the booking that has taken its place meanwhile. */
async function cancelOne(
  deps: Deps,
  calcom: CalcomClient,
  appointment: Appointment,
  uid: string,
  reason: string,
): Promise<string | null> {
  const identity = await calcomEffect(deps, appointment);
  /** Null: it does not exist (any more). */
  const standing = async () => {
    try {
      return await calcom.getBooking(uid);
    } catch (error) {
      if (deps.calcomFailure(error).kind === 'rejected') return null;
      throw error;
    }
  };
  try {
    await deps.effects.once({
      ...identity,
      key: `booking:${appointment.id}:cancel:${uid}`,
      operation: 'bookings.cancel',
      lookUp: async () => {
        const booking = await standing();
        const isOut = !booking || (booking.status === 'cancelled' && !booking.rescheduledToUid);
        return isOut ? {} : null;
      },
      async perform() {
        await calcom.cancelBooking(uid, reason);
        return {};
      },
    });
    return null;
  } catch (error) {
    if (!isFailure(error, 'VendorRejected')) throw error;
    // What the calendar has cancelled, declined, moved or lost by itself cannot be cancelled there again.
    const booking = await deps.reads.read({ ...identity, operation: 'bookings.get', ask: standing });
    if (!booking || booking.status === 'rejected') return null;
    if (booking.status !== 'cancelled') throw error;
    return booking.rescheduledToUid ?? null;
  }
}
