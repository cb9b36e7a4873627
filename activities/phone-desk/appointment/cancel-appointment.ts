import { cancelAppointment as writeCancellation } from '../../../db/phone-desk/booking/booking.ts';
import type { Deps } from '../../../platform/deps.ts';

/** Frees the slot and takes the appointment out of the statistics; a repeat changes nothing. */
export async function cancelAppointment(deps: Deps, appointmentId: string, reason: string): Promise<void> {
  await writeCancellation(deps.db, appointmentId, reason);
}
