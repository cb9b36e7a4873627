import { releaseHold } from '../../../db/booking.ts';
import type { Deps } from '../../../platform/deps.ts';

/** Undo of `holdAppointment`: the slot is free again. */
export async function releaseAppointment(deps: Deps, appointmentId: string, reason: string): Promise<void> {
  await releaseHold(deps.db, appointmentId, reason);
}
