import type { z } from 'zod';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import type { CalApiKey, CalcomAccount, CalEventType, Span } from './account.ts';
import { readAvailability } from './availability.ts';
import type { cancelBookingSchema, createBookingSchema, rescheduleBookingSchema } from './booking-input.ts';
import { CalcomRefusal } from './errors.ts';
import type { CalBooking, CalcomRecords } from './records.ts';
import { findEventType, meetingLength, parseUtc } from './slots.ts';

const MINUTE_MS = 60_000;
const OUT_OF_BOUNDS =
  'The event type can\'t be booked at the "start" time provided. This could be because it\'s too soon (violating the minimum booking notice) or too far in the future (outside the event\'s scheduling window). Try fetching available slots first using the GET /v2/slots endpoint and then make a booking with "start" time equal to one of the available slots: https://cal.com/docs/api-reference/v2/slots';

interface PlaceOptions {
  exceptUid?: string;
  /** A moved round-robin meeting stays with its host when that host is free. */
  preferredHostIds?: number[];
  allowConflicts?: boolean;
  allowOutOfBounds?: boolean;
}

export interface CalcomBookings {
  create(input: z.output<typeof createBookingSchema>): CalBooking;
  cancel(uid: string, input: z.output<typeof cancelBookingSchema>, key: CalApiKey): CalBooking;
  reschedule(
    uid: string,
    input: z.output<typeof rescheduleBookingSchema>,
    key: CalApiKey,
  ): { old: CalBooking; moved: CalBooking };
  get(uid: string): CalBooking;
}

/** The booking rules, refused in the vendor's words. */
export function calcomBookings(
  kit: EmulatorKit,
  account: CalcomAccount,
  records: CalcomRecords,
): CalcomBookings {
  /** The hosts who take a meeting at `span`; refuses what cannot be booked. */
  const place = (eventType: CalEventType, span: Span, options: PlaceOptions = {}): number[] => {
    const now = Date.now();
    if (span.start < now) throw new CalcomRefusal(400, 'Attempting to book a meeting in the past.');
    if (!options.allowOutOfBounds && span.start < now + eventType.minimumBookingNotice * MINUTE_MS) {
      throw new CalcomRefusal(400, OUT_OF_BOUNDS);
    }
    const collective = eventType.schedulingType === 'collective';
    const hosts = account.hostsOf(eventType).map(({ id }) => id);
    if (options.allowConflicts) return collective ? hosts : hosts.slice(0, 1);
    const calendar = readAvailability(account, records, eventType, span, options.exceptUid);
    if (!calendar.isFree(span)) {
      // Outside of working hours the vendor gives the same answer as for a taken time.
      const who = eventType.hosts.length > 1 || eventType.teamSlug ? 'One of the hosts' : 'User';
      throw new CalcomRefusal(400, `${who} either already has booking at this time or is not available`);
    }
    if (collective) return hosts;
    const free = calendar.freeHosts(span).map(({ id }) => id);
    const chosen = free.find((id) => options.preferredHostIds?.includes(id)) ?? free[0];
    return chosen === undefined ? [] : [chosen];
  };

  const newIds = () => ({ id: records.nextNumber('bookings'), uid: kit.nextId('').slice(0, 22) });

  const get = (uid: string, wording = 'not found'): CalBooking => {
    const booking = records.bookings.get(uid);
    if (!booking) throw new CalcomRefusal(404, `Booking with uid=${uid} ${wording}`);
    return booking;
  };

  return {
    create(input) {
      const by = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const eventType = findEventType(account, by);
      if (!eventType) throw new CalcomRefusal(404, notFound(input));
      requireFields(eventType, input);
      const start = parseUtc(input.start);
      const span = {
        start,
        end: start + meetingLength(eventType, 'lengthInMinutes', input.lengthInMinutes) * MINUTE_MS,
      };
      const hostIds = place(eventType, span, {
        allowConflicts: input.allowConflicts,
        allowOutOfBounds: input.allowBookingOutOfBounds,
      });
      const host = account.user(hostIds[0] ?? 0);
      const { attendee } = input;
      const now = Date.now();
      const booking: CalBooking = {
        ...newIds(),
        ...span,
        eventTypeId: eventType.id,
        hostIds,
        title: `${eventType.title} between ${host?.name} and ${attendee.name}`,
        status: eventType.requiresConfirmation ? 'pending' : 'accepted',
        attendee: {
          name: attendee.name,
          // A booking with a phone number alone gets an address made of it.
          email: attendee.email ?? `${attendee.phoneNumber?.replace('+', '')}@sms.cal.com`,
          timeZone: attendee.timeZone,
          language: attendee.language ?? 'en',
          ...(attendee.phoneNumber !== undefined && { phoneNumber: attendee.phoneNumber }),
        },
        guests: input.guests,
        location: locationOf(input.location) ?? input.meetingUrl ?? 'integrations:daily',
        metadata: input.metadata,
        bookingFieldsResponses: input.bookingFieldsResponses,
        createdAt: now,
        updatedAt: now,
      };
      records.bookings.put(booking.uid, booking);
      return booking;
    },
    cancel(uid, { cancellationReason }, key) {
      const booking = get(uid);
      if (booking.status === 'cancelled' || booking.status === 'rejected') {
        throw new CalcomRefusal(400, 'This booking has already been cancelled.');
      }
      if (!cancellationReason && booking.hostIds.includes(key.userId)) {
        throw new CalcomRefusal(400, 'Cancellation reason is required when you are the host');
      }
      const cancelled: CalBooking = {
        ...booking,
        status: 'cancelled',
        updatedAt: Date.now(),
        cancellationReason,
        cancelledByEmail: account.user(key.userId)?.email,
      };
      records.bookings.put(uid, cancelled);
      return cancelled;
    },
    reschedule(uid, input, key) {
      const booking = get(uid, 'was not found in the database');
      if (booking.status === 'cancelled' || booking.status === 'rejected') {
        throw new CalcomRefusal(400, refusedMove(booking));
      }
      const eventType = account.eventType(booking.eventTypeId);
      if (!eventType) throw new CalcomRefusal(404, `Event type with id=${booking.eventTypeId} not found`);
      const start = parseUtc(input.start);
      const span = { start, end: start + booking.end - booking.start };
      const hostIds = place(eventType, span, { exceptUid: uid, preferredHostIds: booking.hostIds });
      const now = Date.now();
      const rescheduledByEmail = input.rescheduledBy ?? account.user(key.userId)?.email;
      const moved: CalBooking = {
        ...booking,
        ...newIds(),
        ...span,
        hostIds,
        // Who works there needs nobody's consent.
        status: eventType.requiresConfirmation && !hostIds.includes(key.userId) ? 'pending' : 'accepted',
        createdAt: now,
        updatedAt: now,
        rescheduledFromUid: uid,
        reschedulingReason: input.reschedulingReason,
        rescheduledByEmail,
      };
      const old: CalBooking = {
        ...booking,
        status: 'cancelled',
        updatedAt: now,
        rescheduledToUid: moved.uid,
        rescheduledByEmail,
      };
      records.bookings.put(uid, old);
      records.bookings.put(moved.uid, moved);
      return { old, moved };
    },
    get: (uid) => get(uid, 'was not found in the database'),
  };
}

function refusedMove({ uid, rescheduledToUid }: CalBooking): string {
  const start = `Can't reschedule booking with uid=${uid} because it has been cancelled`;
  return rescheduledToUid === undefined
    ? `${start}. Please provide uid of a booking that is not cancelled.`
    : `${start} and rescheduled already to booking with uid=${rescheduledToUid}. You probably want to reschedule ${rescheduledToUid} instead by passing it within the request URL.`;
}

function notFound({
  eventTypeId,
  eventTypeSlug,
  username,
  teamSlug,
}: z.output<typeof createBookingSchema>): string {
  if (eventTypeSlug && username) {
    return `Event type with slug ${eventTypeSlug} belonging to user ${username} not found.`;
  }
  if (eventTypeSlug && teamSlug) {
    return `Event type with slug ${eventTypeSlug} belonging to team ${teamSlug} not found.`;
  }
  return `Event type with id ${eventTypeId} not found.`;
}

function requireFields(eventType: CalEventType, input: z.output<typeof createBookingSchema>): void {
  for (const field of eventType.requiredBookingFields) {
    if (field === 'attendeePhoneNumber') {
      if (input.attendee.phoneNumber !== undefined) continue;
      throw new CalcomRefusal(
        400,
        'Missing attendee phone number - it is required by the event type. Pass it as "attendee.phoneNumber" string in the request.',
      );
    }
    if (input.bookingFieldsResponses[field] != null) continue;
    throw new CalcomRefusal(
      400,
      `Missing required booking field response: ${field} - it is required by the event type booking fields, but missing in the bookingFieldsResponses. You can fetch the event type with ID ${eventType.id} to see the required fields.`,
    );
  }
}

function locationOf(location: z.output<typeof createBookingSchema>['location']): string | undefined {
  if (location === undefined || typeof location === 'string') return location;
  const { address, link, phone, integration } = location;
  const given = [address, link, phone, integration].find((value) => typeof value === 'string');
  return typeof given === 'string' ? given : location.type;
}
