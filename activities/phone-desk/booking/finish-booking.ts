import { finishBookingRequest } from '../../../db/phone-desk/booking/booking.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { WorkflowStart } from '../../../shared/workflow-start.ts';
import type { BookingResult } from '../../../workflows/phone-desk/booking/contract.ts';

/** Starts the run that follows, then tells whoever asked by API how their booking ended. */
export async function finishBooking(
  deps: Deps,
  appointmentId: string,
  result: BookingResult,
  next: WorkflowStart | null = null,
): Promise<void> {
  if (next) await deps.starter.start(next);
  const { status, ...detail } = result;
  await finishBookingRequest(deps.db, appointmentId, status, detail);
}
