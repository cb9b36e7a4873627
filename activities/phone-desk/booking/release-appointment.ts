import { releaseAppointment as release } from '../../../db/phone-desk/booking/booking.ts';
import type { Deps } from '../../../platform/deps.ts';

/** Undo of `holdAppointment`, and of the note that the calendar's yes has made: the slot is free again. */
export async function releaseAppointment(deps: Deps, appointmentId: string, reason: string): Promise<void> {
  await release(deps.db, appointmentId, reason);
}
