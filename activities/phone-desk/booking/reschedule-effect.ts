import { moveAppointment, readRequest } from '../../../db/phone-desk/appointment/appointment-life.ts';
import { readService } from '../../../db/phone-desk/availability/availability.ts';
import { readAppointment } from '../../../db/phone-desk/booking/booking.ts';
import type { CalcomClient } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Effect } from '../../../platform/effects.ts';
import { failure } from '../../../shared/failures.ts';
import { type BookingMade, calcomEffect } from './calcom-effects.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

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

/** The parts of the move at Cal.com that doing and undoing share. The new booking names the old one. */
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
      const { items } = await calcom.listBookings({
        eventTypeId: String(move.appointment.calcom_event_type_id),
        afterStart: move.next.startsAt.toISOString(),
        beforeEnd: new Date(move.next.endsAt.getTime() + DAY_MS).toISOString(),
      });
      // Somebody else may have moved it there, to another time.
      const isOurs = (booking: (typeof items)[number]) =>
        booking.rescheduledFromUid === move.bookingUid &&
        new Date(booking.start).getTime() === move.next.startsAt.getTime();
      const moved = items.find(isOurs);
      return moved ? { uid: moved.uid } : null;
    },
  };
}
