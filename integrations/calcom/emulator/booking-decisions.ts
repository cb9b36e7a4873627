import type { Hono } from 'hono';
import { z } from 'zod';
import type { CalcomAccount } from './account.ts';
import { shownBooking } from './booking-view.ts';
import { CalcomRefusal } from './errors.ts';
import { type CalcomVariables, requireKey } from './guards.ts';
import type { CalBooking, CalcomRecords } from './records.ts';
import type { Answering } from './webhook-routes.ts';
import type { CalcomWebhooks } from './webhooks.ts';

const declineSchema = z.strictObject({ reason: z.string().optional() });
const absentSchema = z.strictObject({
  host: z.boolean().optional(),
  attendees: z.array(z.strictObject({ email: z.email(), absent: z.boolean() })).optional(),
});

/** What a host decides about a booking: to accept or decline one that was asked for, and who did not come. */
export function addBookingDecisions(
  app: Hono<CalcomVariables>,
  { write, readBody }: Answering,
  parts: { account: CalcomAccount; records: CalcomRecords; webhooks: CalcomWebhooks },
): void {
  const { account, records, webhooks } = parts;
  const find = (uid: string): CalBooking => {
    const booking = records.bookings.get(uid);
    if (!booking) throw new CalcomRefusal(404, `Booking with uid=${uid} was not found in the database`);
    return booking;
  };
  const asked = (uid: string): CalBooking => {
    const booking = find(uid);
    if (booking.status !== 'pending') throw new CalcomRefusal(400, 'Booking already confirmed');
    return booking;
  };
  const change = (booking: CalBooking, more: Partial<CalBooking>): CalBooking => {
    const changed = { ...booking, ...more, updatedAt: Date.now() };
    records.bookings.put(booking.uid, changed);
    return changed;
  };

  app.post('/v2/bookings/:uid/confirm', (c) => {
    requireKey(c);
    const uid = c.req.param('uid');
    return write(c, { operation: 'bookings.confirm', key: null, request: { uid } }, 200, () => {
      const accepted = change(asked(uid), { status: 'accepted' });
      webhooks.send('BOOKING_CREATED', accepted);
      return shownBooking(account, accepted);
    });
  });
  app.post('/v2/bookings/:uid/decline', async (c) => {
    requireKey(c);
    const uid = c.req.param('uid');
    const { reason } = await readBody(c, declineSchema);
    return write(c, { operation: 'bookings.decline', key: null, request: { uid, reason } }, 200, () => {
      const declined = change(asked(uid), { status: 'rejected', cancellationReason: reason });
      webhooks.send('BOOKING_REJECTED', declined, { rejectionReason: reason });
      return shownBooking(account, declined);
    });
  });
  app.post('/v2/bookings/:uid/mark-absent', async (c) => {
    requireKey(c);
    const uid = c.req.param('uid');
    const body = await readBody(c, absentSchema);
    return write(c, { operation: 'bookings.markAbsent', key: null, request: { uid, ...body } }, 200, () => {
      const booking = find(uid);
      const said = body.attendees?.find(({ email }) => email === booking.attendee.email);
      const { attendee } = booking;
      const marked = change(booking, { attendee: { ...attendee, absent: said?.absent ?? attendee.absent } });
      const attendees = body.attendees?.map(({ email, absent }) => ({ email, noShow: absent })) ?? [];
      const { id: bookingId } = marked;
      const message = attendees.some(({ noShow }) => noShow) ? 'marked as no-show' : 'unmarked as no-show';
      webhooks.send(
        'BOOKING_NO_SHOW_UPDATED',
        marked,
        {},
        { bookingUid: uid, bookingId, attendees, message },
      );
      return shownBooking(account, marked);
    });
  });
}
