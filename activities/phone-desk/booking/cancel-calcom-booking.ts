import { readAppointment } from '../../../db/phone-desk/booking.ts';
import type { Deps } from '../../../platform/deps.ts';
import { bookingEffect, calcomEffect } from './calcom-effects.ts';

/**
 * Takes the appointment out of Cal.com, whether the booking was made, may have been made, or was not: the
 * undo of `createCalcomBooking` and the calendar's part of a cancellation.
 */
export async function cancelCalcomBooking(deps: Deps, appointmentId: string, reason: string): Promise<void> {
  const appointment = await readAppointment(deps.db, appointmentId);
  if (!appointment) return;
  const calcom = await deps.calcom(appointment.company_id);
  const uid =
    appointment.calcom_booking_uid ??
    (await deps.effects.abandon(await bookingEffect(deps, calcom, appointment)))?.uid;
  if (!uid) return;
  await deps.effects.once({
    ...(await calcomEffect(deps, appointment)),
    key: `booking:${appointmentId}:cancel:${uid}`,
    operation: 'bookings.cancel',
    lookUp: async () => ((await calcom.getBooking(uid)).status === 'cancelled' ? {} : null),
    async perform() {
      await calcom.cancelBooking(uid, reason);
      return {};
    },
  });
}
