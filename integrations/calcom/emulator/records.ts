import type { EmulatorKit } from '../../../shared/emulator.ts';
import type { Span } from './account.ts';
import { indexByTime } from './time-index.ts';

export interface CalAttendee {
  name: string;
  email: string;
  timeZone: string;
  language: string;
  phoneNumber?: string | undefined;
  absent?: boolean | undefined;
}

/** A booking as the vendor keeps it. Times are milliseconds since the epoch. */
export interface CalBooking extends Span {
  id: number;
  uid: string;
  eventTypeId: number;
  hostIds: number[];
  title: string;
  status: 'accepted' | 'pending' | 'cancelled' | 'rejected';
  attendee: CalAttendee;
  guests: string[];
  location: string;
  metadata: Record<string, string | number | boolean>;
  bookingFieldsResponses: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  cancellationReason?: string | undefined;
  cancelledByEmail?: string | undefined;
  reschedulingReason?: string | undefined;
  rescheduledByEmail?: string | undefined;
  rescheduledFromUid?: string | undefined;
  rescheduledToUid?: string | undefined;
}

/** A slot that `/slots` hides for a while. */
export interface CalReservation extends Span {
  uid: string;
  eventTypeId: number;
  userId: number;
  durationMinutes: number;
  until: number;
}

export function calcomRecords(kit: EmulatorKit) {
  const bookings = indexByTime(kit.collection<CalBooking>('bookings'));
  const reservations = indexByTime(kit.collection<CalReservation>('reservations'));
  const counters = kit.collection<number>('counters');
  return {
    bookings,
    /** Reservations within `span` that still hold at `now`. */
    reservations: (span: Span, now: number) => reservations.touching(span).filter(({ until }) => until > now),
    reservation: (uid: string) => reservations.get(uid),
    reserve: (reservation: CalReservation) => reservations.put(reservation.uid, reservation),
    release: (uid: string) => reservations.delete(uid),
    /** Numeric ids, counted on over restarts. */
    nextNumber(name: string): number {
      const next = (counters.get(name) ?? 1000) + 1;
      counters.put(name, next);
      return next;
    },
  };
}

export type CalcomRecords = ReturnType<typeof calcomRecords>;
