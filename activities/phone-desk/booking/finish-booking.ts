import { finishBookingRequest } from '../../../db/booking.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { BookingResult } from '../../../workflows/phone-desk/booking/contract.ts';

/** Tells whoever asked by API how their booking ended. */
export async function finishBooking(deps: Deps, appointmentId: string, result: BookingResult): Promise<void> {
  const { status, ...detail } = result;
  await finishBookingRequest(deps.db, appointmentId, status, detail);
}
