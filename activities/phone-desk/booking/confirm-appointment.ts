import { recordAlongside } from '../../../db/effects.ts';
import { readAppointmentWithCustomer } from '../../../db/phone-desk/booking/booking.ts';
import type { Deps } from '../../../platform/deps.ts';
import { bookingStands, type Confirmation, readConfirmation } from './confirmation.ts';

/** What `createCalcomBooking` does by itself now; runs that began before it did have a step for it. */
export async function confirmAppointment(
  deps: Deps,
  appointmentId: string,
  bookingUid: string,
): Promise<Confirmation> {
  const about = await readAppointmentWithCustomer(deps.db, deps.vault, appointmentId);
  await recordAlongside(deps.db, bookingStands(about, bookingUid));
  return readConfirmation(deps, about);
}
