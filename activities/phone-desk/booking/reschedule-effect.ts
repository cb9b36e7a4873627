import { moveAppointment, readRequest } from '../../../db/phone-desk/appointment-life.ts';
import { readService } from '../../../db/phone-desk/availability.ts';
import { readAppointment } from '../../../db/phone-desk/booking.ts';
import type { CalcomClient } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Effect } from '../../../platform/effects.ts';
import { failure } from '../../../shared/failures.ts';
import { type BookingMade, calcomEffect } from './calcom-effects.ts';

const MINUTE_MS = 60_000;

/** The old and the new times of a move, with the buffers of the service. */
export interface Move {
  appointment: NonNullable<Awaited<ReturnType<typeof readAppointment>>>;
  bookingUid: string;
  old: { from: Date; to: Date };
  next: { startsAt: Date; endsAt: Date; from: Date; to: Date };
}

/** Reads a request to move; throws `NotFound` when it, its appointment or its service is gone. */
export async function readMove(deps: Deps, requestId: string): Promise<Move> {
  const request = await readRequest(deps.db, requestId);
  const appointment = request && (await readAppointment(deps.db, request.appointment_id));
  const service = appointment && (await readService(deps.db, appointment.company_id, appointment.service_id));
  if (!request?.starts_at || !appointment?.calcom_booking_uid || !service) {
    throw failure('NotFound', `request ${requestId} has nothing to move (any more)`);
  }
  const withBuffers = (startsAt: Date, endsAt: Date) => ({
    from: new Date(startsAt.getTime() - service.bufferBeforeMin * MINUTE_MS),
    to: new Date(endsAt.getTime() + service.bufferAfterMin * MINUTE_MS),
  });
  const lengthMs = appointment.ends_at.getTime() - appointment.starts_at.getTime();
  const startsAt = request.starts_at;
  const endsAt = new Date(startsAt.getTime() + lengthMs);
  return {
    appointment,
    bookingUid: appointment.calcom_booking_uid,
    old: withBuffers(appointment.starts_at, appointment.ends_at),
    next: { startsAt, endsAt, ...withBuffers(startsAt, endsAt) },
  };
}

/** Writes down a move that Cal.com has made. */
export async function finishMove(deps: Deps, { appointment, next }: Move, uid: string): Promise<void> {
  // Its time is blocked beforehand: nobody else can have it.
  await moveAppointment(deps.db, {
    appointmentId: appointment.id,
    startsAt: next.startsAt,
    endsAt: next.endsAt,
    blockedFrom: next.from,
    blockedTo: next.to,
    staffId: appointment.staff_id,
    uid,
  });
}

/** The parts of the move at Cal.com that doing and undoing share. The old booking names its successor. */
export async function rescheduleEffect(
  deps: Deps,
  calcom: CalcomClient,
  requestId: string,
  move: Move,
): Promise<Omit<Effect<BookingMade>, 'perform'>> {
  return {
    ...(await calcomEffect(deps, move.appointment)),
    key: `reschedule:${requestId}`,
    operation: 'bookings.reschedule',
    lookUp: async () => {
      const { rescheduledToUid } = await calcom.getBooking(move.bookingUid);
      return rescheduledToUid ? { uid: rescheduledToUid } : null;
    },
  };
}
