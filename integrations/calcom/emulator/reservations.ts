import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CalApiKey, CalcomAccount } from './account.ts';
import { CalcomRefusal } from './errors.ts';
import type { CalcomRecords, CalReservation } from './records.ts';
import { meetingLength, parseUtc } from './slots.ts';

const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 5;

/** Body of `POST /v2/slots/reservations` and of `PATCH …/{uid}`. */
export const reservationSchema = z.strictObject({
  eventTypeId: z.int(),
  slotStart: z.iso.datetime({ offset: true, local: true }),
  slotDuration: z.int().positive().optional(),
  /** Minutes; only with a key. */
  reservationDuration: z.int().positive().optional(),
});

/**
 * Hides a slot from `/slots` for a while. The vendor looks at bookings and reservations of the same event
 * type only, whichever host they are with, and never holds a booking back because of a reservation.
 */
export function reserveSlot(
  account: CalcomAccount,
  records: CalcomRecords,
  input: z.output<typeof reservationSchema>,
  key: CalApiKey | null,
  uid: string = randomUUID(),
) {
  if (input.reservationDuration !== undefined && !key) {
    throw new CalcomRefusal(
      401,
      'reservationDuration can only be used for authenticated requests - use access token, api key or OAuth credentials',
    );
  }
  const eventType = account.eventType(input.eventTypeId);
  if (!eventType) throw new CalcomRefusal(404, `Event Type with ID=${input.eventTypeId} not found`);
  const now = Date.now();
  const start = parseUtc(input.slotStart);
  const span = {
    start,
    end: start + meetingLength(eventType, 'slotDuration', input.slotDuration) * MINUTE_MS,
  };

  const booked = records.bookings
    .touching(span)
    .some(({ status, eventTypeId }) => status === 'accepted' && eventTypeId === eventType.id);
  if (booked) throw new CalcomRefusal(422, "Can't reserve a slot if the event is already booked.");
  const reserved = records
    .reservations(span, now)
    .some((other) => other.uid !== uid && other.eventTypeId === eventType.id);
  if (reserved) {
    throw new CalcomRefusal(
      422,
      'This time slot is already reserved by another user. Please choose a different time.',
    );
  }
  const userId = eventType.ownerId ?? eventType.hosts[0];
  if (userId === undefined) {
    throw new CalcomRefusal(400, 'Cannot reserve a slot for a team event without any hosts');
  }
  const durationMinutes = input.reservationDuration ?? DEFAULT_MINUTES;
  const until = now + durationMinutes * MINUTE_MS;
  const reservation = { ...span, uid, eventTypeId: eventType.id, userId, durationMinutes, until };
  records.reserve(reservation);
  return { ...shownReservation(reservation), reservationDuration: durationMinutes };
}

export function shownReservation({ eventTypeId, start, end, uid, until }: CalReservation) {
  return {
    eventTypeId,
    slotStart: new Date(start).toISOString(),
    slotEnd: new Date(end).toISOString(),
    slotDuration: (end - start) / MINUTE_MS,
    reservationUid: uid,
    reservationUntil: new Date(until).toISOString(),
  };
}
