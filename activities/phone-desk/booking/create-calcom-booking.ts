import { readAppointmentWithCustomer } from '../../../db/phone-desk/booking/booking.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type BookingMade, bookingEffect, EFFECT_KEY } from './calcom-effects.ts';
import { bookingStands, type Confirmation, readConfirmation } from './confirmation.ts';

/** The booking at Cal.com, and what follows from it here. */
export type CalcomBookingMade = BookingMade & Confirmation;

/**
 * Books the held appointment at Cal.com: the slot is reserved first, so that nobody else is shown it
 * meanwhile. With the calendar's yes the appointment stands. Throws `SlotTaken` when the calendar has something
 * else there, `VendorRejected` when it refuses the booking.
 */
export async function createCalcomBooking(deps: Deps, appointmentId: string): Promise<CalcomBookingMade> {
  const about = await readAppointmentWithCustomer(deps.db, deps.vault, appointmentId);
  const { appointment, customer } = about;
  const calcom = await deps.calcom(appointment.company_id);
  const start = appointment.starts_at.toISOString();
  const effect = await bookingEffect(deps, calcom, appointment);
  const reservation = await deps.effects.once({
    ...effect,
    key: `${effect.key}:reservation`,
    operation: 'slots.reserve',
    // Cal.com cannot list reservations; asking again is harmless, and a lost one runs out by itself.
    lookUp: async () => null,
    perform: async () => ({
      uid: await calcom.reserveSlot({ eventTypeId: appointment.calcom_event_type_id, slotStart: start }),
    }),
  });
  const { uid } = await deps.effects.once({
    ...effect,
    also: (made) => bookingStands(about, made.uid),
    async perform() {
      const booking = await calcom.createBooking({
        start,
        eventTypeId: appointment.calcom_event_type_id,
        attendee: {
          name: customer.name ?? 'Caller',
          timeZone: customer.timeZone,
          language: customer.locale,
          ...(customer.email ? { email: customer.email } : {}),
          ...(customer.phoneE164 ? { phoneNumber: customer.phoneE164 } : {}),
        },
        metadata: {
          [EFFECT_KEY]: effect.key,
          appointmentId,
          ...(reservation.uid ? { reservation: reservation.uid } : {}),
        },
      });
      return { uid: booking.uid };
    },
  });
  return { uid, ...(await readConfirmation(deps, about)) };
}
