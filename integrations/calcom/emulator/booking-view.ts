import { z } from 'zod';
import type { CalcomAccount } from './account.ts';
import type { CalBooking } from './records.ts';
import { parseUtc } from './slots.ts';

const MINUTE_MS = 60_000;
const iso = (at: number) => new Date(at).toISOString();

/** The booking object of both accepted API versions. */
export function shownBooking(account: CalcomAccount, booking: CalBooking) {
  const eventType = account.eventType(booking.eventTypeId);
  const { attendee } = booking;
  return {
    id: booking.id,
    uid: booking.uid,
    title: booking.title,
    description: '',
    hosts: booking.hostIds
      .map((id) => account.user(id))
      .filter((host) => host !== undefined)
      .map(({ id, name, email, username, timeZone }) => ({
        id,
        name,
        email,
        displayEmail: email,
        username,
        timeZone,
      })),
    status: booking.status,
    start: iso(booking.start),
    end: iso(booking.end),
    duration: (booking.end - booking.start) / MINUTE_MS,
    eventTypeId: booking.eventTypeId,
    eventType: { id: booking.eventTypeId, slug: eventType?.slug ?? '' },
    location: booking.location,
    meetingUrl: booking.location,
    absentHost: false,
    attendees: [{ ...attendee, displayEmail: attendee.email, absent: attendee.absent ?? false }],
    guests: booking.guests,
    bookingFieldsResponses: {
      ...booking.bookingFieldsResponses,
      name: attendee.name,
      email: attendee.email,
      ...(attendee.phoneNumber !== undefined && { attendeePhoneNumber: attendee.phoneNumber }),
    },
    metadata: booking.metadata,
    createdAt: iso(booking.createdAt),
    updatedAt: iso(booking.updatedAt),
    icsUid: `${booking.uid}@cal.com`,
    rating: null,
    cancellationReason: booking.cancellationReason,
    cancelledByEmail: booking.cancelledByEmail,
    reschedulingReason: booking.reschedulingReason,
    rescheduledByEmail: booking.rescheduledByEmail,
    rescheduledFromUid: booking.rescheduledFromUid,
    rescheduledToUid: booking.rescheduledToUid,
  };
}

const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);
const order = z.enum(['asc', 'desc']).optional();
const commaList = z.string().transform((text) => text.split(',').filter(Boolean));
const idList = commaList.transform((ids) => ids.map(Number)).pipe(z.array(z.int()));

/** Query of `GET /v2/bookings`. */
export const bookingsQuerySchema = z.strictObject({
  status: commaList
    .pipe(z.array(z.enum(['upcoming', 'recurring', 'past', 'cancelled', 'unconfirmed'])))
    .optional(),
  attendeeEmail: z.string().optional(),
  attendeeName: z.string().optional(),
  bookingUid: z.string().optional(),
  eventTypeId: z.coerce.number().int().optional(),
  eventTypeIds: idList.optional(),
  afterStart: moment.optional(),
  beforeEnd: moment.optional(),
  afterCreatedAt: moment.optional(),
  beforeCreatedAt: moment.optional(),
  afterUpdatedAt: moment.optional(),
  beforeUpdatedAt: moment.optional(),
  sortStart: order,
  sortEnd: order,
  sortCreated: order,
  sortUpdatedAt: order,
  take: z.coerce.number().int().min(1).max(250).default(100),
  skip: z.coerce.number().int().min(0).default(0),
});
type BookingsQuery = z.output<typeof bookingsQuerySchema>;

function inStatus(booking: CalBooking, statuses: BookingsQuery['status'], now: number): boolean {
  if (!statuses) return true;
  const pending = booking.status === 'pending';
  const stands = booking.status === 'accepted' || pending;
  // No emulated event type recurs.
  return statuses.some(
    (status) =>
      (status === 'upcoming' && stands && booking.end >= now) ||
      (status === 'past' && stands && booking.end < now) ||
      (status === 'unconfirmed' && pending && booking.end >= now) ||
      (status === 'cancelled' && !stands),
  );
}

const within = (at: number, after: string | undefined, before: string | undefined) =>
  (after === undefined || at >= parseUtc(after)) &&
  (before === undefined || at <= parseUtc(before, '23:59:59'));

function fits(booking: CalBooking, query: BookingsQuery): boolean {
  const { attendee } = booking;
  return (
    (query.attendeeEmail === undefined ||
      attendee.email === query.attendeeEmail ||
      booking.guests.includes(query.attendeeEmail)) &&
    (query.attendeeName === undefined || attendee.name === query.attendeeName) &&
    (query.bookingUid === undefined || booking.uid === query.bookingUid) &&
    (query.eventTypeId === undefined || booking.eventTypeId === query.eventTypeId) &&
    (query.eventTypeIds === undefined || query.eventTypeIds.includes(booking.eventTypeId)) &&
    within(booking.start, query.afterStart, undefined) &&
    within(booking.end, undefined, query.beforeEnd) &&
    within(booking.createdAt, query.afterCreatedAt, query.beforeCreatedAt) &&
    within(booking.updatedAt, query.afterUpdatedAt, query.beforeUpdatedAt)
  );
}

/** One page of the bookings that fit the query and may be seen, with the vendor's `pagination`. */
export function pageOfBookings(
  bookings: CalBooking[],
  query: BookingsQuery,
  maySee: (booking: CalBooking) => boolean,
) {
  const now = Date.now();
  const sorts = [
    ['start', query.sortStart],
    ['end', query.sortEnd],
    ['createdAt', query.sortCreated],
    ['updatedAt', query.sortUpdatedAt],
  ] as const;
  const [by, direction] = sorts.find(([, given]) => given !== undefined) ?? ['start', 'asc'];
  const found = bookings
    .filter((booking) => fits(booking, query) && inStatus(booking, query.status, now) && maySee(booking))
    .sort((a, b) => (direction === 'desc' ? -1 : 1) * (a[by] - b[by] || a.id - b.id));
  const { take, skip } = query;
  const total = found.length;
  const items = found.slice(skip, skip + take);
  const totalPages = Math.ceil(total / take);
  return {
    items,
    pagination: {
      totalItems: total,
      remainingItems: Math.max(0, total - skip - take),
      returnedItems: items.length,
      itemsPerPage: take,
      currentPage: totalPages === 0 ? 0 : Math.min(totalPages, Math.floor(skip / take) + 1),
      totalPages,
      hasNextPage: skip + take < total,
      hasPreviousPage: skip > 0,
    },
  };
}
