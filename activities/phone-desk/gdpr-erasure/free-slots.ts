import { completeAppointment } from '../../../db/phone-desk/appointment/appointment-life.ts';
import { cancelAppointment, releaseAppointment } from '../../../db/phone-desk/booking/booking.ts';
import { findStandingAppointments } from '../../../db/privacy/vendor-traces.ts';
import type { Deps } from '../../../platform/deps.ts';

/** What still stood of the person's appointments: future ones are free for others, past ones have been. */
export async function freeSlots({ db, clock }: Deps, erasureId: string): Promise<void> {
  for (const { id, status, starts_at } of await findStandingAppointments(db, erasureId)) {
    if (status === 'held') await releaseAppointment(db, id, 'erased');
    else if (starts_at > clock()) await cancelAppointment(db, id, 'erased');
    else await completeAppointment(db, id);
  }
}
