import { completeAppointment as writeCompletion } from '../../../db/phone-desk/appointment/appointment-life.ts';
import type { Deps } from '../../../platform/deps.ts';

/** The appointment is over. */
export async function completeAppointment(deps: Deps, appointmentId: string): Promise<void> {
  await writeCompletion(deps.db, appointmentId);
}
