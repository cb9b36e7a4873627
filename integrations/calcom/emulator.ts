import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorKit } from '../../shared/emulator.ts';
import { calcomAccount } from './emulator/account.ts';
import { addBookingDecisions } from './emulator/booking-decisions.ts';
import {
  cancelBookingSchema,
  createBookingSchema,
  rescheduleBookingSchema,
} from './emulator/booking-input.ts';
import { bookingsQuerySchema, pageOfBookings, shownBooking } from './emulator/booking-view.ts';
import { calcomBookings } from './emulator/bookings.ts';
import { addControl } from './emulator/control.ts';
import { answer, CalcomRefusal, errorBody, refusalOfInput } from './emulator/errors.ts';
import { findOwnEventType, listEventTypes } from './emulator/event-types.ts';
import { type CalcomVariables, guard, rateLimit, requireKey } from './emulator/guards.ts';
import { calcomRecords } from './emulator/records.ts';
import { reservationSchema, reserveSlot, shownReservation } from './emulator/reservations.ts';
import { listSlots, slotsQuerySchema } from './emulator/slots.ts';
import { addTeamRoutes } from './emulator/teams.ts';
import { type Answering, addWebhookRoutes } from './emulator/webhook-routes.ts';
import { calcomWebhooks, webhookHeaders } from './emulator/webhooks.ts';

const MOUNT = '/calcom';

/** Cal.com's API v2 as far as the phone desk uses it. */
export function createCalcomEmulator(): Emulator {
  return {
    vendor: 'calcom',
    path: MOUNT,
    seed: (kit, data) => calcomAccount(kit).seed(data),
    webhookHeaders: (_kit, webhook) => webhookHeaders(webhook),
    routes: (kit) => calcomRoutes(kit) as unknown as Hono,
  };
}

/** The vendor's own path, with its query. */
function vendorPath(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname.slice(MOUNT.length) + search;
}

async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const text = await c.req.text();
  return schema.parse(text === '' ? {} : JSON.parse(text));
}

const switchboardKey = (metadata: Record<string, unknown> | undefined): string | null =>
  typeof metadata?.switchboardKey === 'string' ? metadata.switchboardKey : null;

function calcomRoutes(kit: EmulatorKit): Hono<CalcomVariables> {
  const account = calcomAccount(kit);
  const records = calcomRecords(kit);
  const bookings = calcomBookings(kit, account, records);
  const webhooks = calcomWebhooks(kit, account);

  const read: Answering['read'] = (c, operation, work) =>
    kit.read(c, operation, () => answer(vendorPath(c), 200, work));
  const write: Answering['write'] = (c, operation, status, work) =>
    kit.execute(c, operation, () => answer(vendorPath(c), status, work));

  const app = new Hono<CalcomVariables>();
  app.onError((error, c) => {
    const refusal =
      error instanceof z.ZodError
        ? refusalOfInput(error)
        : error instanceof SyntaxError
          ? new CalcomRefusal(400, error.message)
          : error;
    if (refusal instanceof CalcomRefusal) return c.json(errorBody(refusal, vendorPath(c)), refusal.status);
    throw error;
  });
  addControl(app, kit, account, records);
  app.use(rateLimit(account), guard(account, MOUNT));

  app.get('/v2/slots', (c) => {
    const query = slotsQuerySchema.parse(c.req.query());
    return read(c, 'slots.list', () => listSlots(account, records, query));
  });
  app.post('/v2/slots/reservations', async (c) => {
    const body = await readBody(c, reservationSchema);
    return write(c, { operation: 'slots.reserve', key: null, request: body }, 201, () =>
      reserveSlot(account, records, body, c.get('key')),
    );
  });
  app.get('/v2/slots/reservations/:uid', (c) =>
    read(c, 'slots.reservation', () => {
      const reservation = records.reservation(c.req.param('uid'));
      return reservation ? shownReservation(reservation) : null;
    }),
  );
  app.patch('/v2/slots/reservations/:uid', async (c) => {
    const uid = c.req.param('uid');
    const body = await readBody(c, reservationSchema);
    return write(c, { operation: 'slots.rereserve', key: null, request: { uid, ...body } }, 200, () => {
      if (!records.reservation(uid)) throw new CalcomRefusal(404, `Slot with uid=${uid} not found`);
      return reserveSlot(account, records, body, c.get('key'), uid);
    });
  });
  /** Releasing what is not there is fine with the vendor. */
  app.delete('/v2/slots/reservations/:uid', (c) => {
    const uid = c.req.param('uid');
    return write(c, { operation: 'slots.release', key: null, request: { uid } }, 200, () => {
      records.release(uid);
      return undefined;
    });
  });

  app.post('/v2/bookings', async (c) => {
    requireKey(c);
    const body = await readBody(c, createBookingSchema);
    const operation = {
      operation: 'bookings.create',
      key: switchboardKey(body.metadata),
      request: body,
    };
    return write(c, operation, 201, () => {
      const booking = bookings.create(body);
      webhooks.send(booking.status === 'pending' ? 'BOOKING_REQUESTED' : 'BOOKING_CREATED', booking);
      return shownBooking(account, booking);
    });
  });
  app.get('/v2/bookings', (c) => {
    const key = requireKey(c);
    const query = bookingsQuerySchema.parse(c.req.query());
    return kit.read(c, 'bookings.list', () => {
      const { items, pagination } = pageOfBookings(
        records.bookings.values(),
        query,
        ({ hostIds, eventTypeId }) =>
          account.sees(key, [...hostIds, account.eventType(eventTypeId)?.ownerId ?? null]),
      );
      const data = items.map((booking) => shownBooking(account, booking));
      return { status: 200, body: { status: 'success', data, pagination } };
    });
  });
  app.get('/v2/bookings/:uid', (c) => {
    requireKey(c);
    return read(c, 'bookings.get', () => shownBooking(account, bookings.get(c.req.param('uid'))));
  });
  app.post('/v2/bookings/:uid/cancel', async (c) => {
    const key = requireKey(c);
    const uid = c.req.param('uid');
    const body = await readBody(c, cancelBookingSchema);
    const operation = {
      operation: 'bookings.cancel',
      key: switchboardKey(records.bookings.get(uid)?.metadata),
      request: { uid, ...body },
    };
    return write(c, operation, 200, () => {
      const booking = bookings.cancel(uid, body, key);
      webhooks.send('BOOKING_CANCELLED', booking, {
        cancelledBy: booking.cancelledByEmail,
        cancellationReason: booking.cancellationReason,
        requestReschedule: false,
      });
      return shownBooking(account, booking);
    });
  });
  app.post('/v2/bookings/:uid/reschedule', async (c) => {
    const key = requireKey(c);
    const uid = c.req.param('uid');
    const body = await readBody(c, rescheduleBookingSchema);
    const operation = {
      operation: 'bookings.reschedule',
      key: switchboardKey(records.bookings.get(uid)?.metadata),
      request: { uid, ...body },
    };
    return write(c, operation, 201, () => {
      const { old, moved } = bookings.reschedule(uid, body, key);
      webhooks.send(moved.status === 'pending' ? 'BOOKING_REQUESTED' : 'BOOKING_RESCHEDULED', moved, {
        rescheduleId: old.id,
        // The uid of the booking that was; the payload's own uid is the new one.
        rescheduleUid: old.uid,
        rescheduleStartTime: new Date(old.start).toISOString(),
        rescheduleEndTime: new Date(old.end).toISOString(),
        rescheduledBy: moved.rescheduledByEmail,
      });
      return shownBooking(account, moved);
    });
  });

  addBookingDecisions(app, { read, write, readBody }, { account, records, webhooks });

  app.get('/v2/event-types', (c) => {
    const key = requireKey(c);
    const { username, eventSlug } = c.req.query();
    return read(c, 'eventTypes.list', () => listEventTypes(account, key, { username, eventSlug }));
  });
  app.get('/v2/event-types/:id{[0-9]+}', (c) => {
    const key = requireKey(c);
    return read(c, 'eventTypes.get', () => findOwnEventType(account, key, Number(c.req.param('id'))));
  });
  app.get('/v2/me', (c) => {
    const { userId } = requireKey(c);
    return read(c, 'me.get', () => {
      const user = account.user(userId);
      if (!user) throw new CalcomRefusal(401, 'No user associated with the provided token');
      const { id, name, email, username, timeZone, organizationId } = user;
      return { id, name, email, username, timeZone, organizationId, timeFormat: 24, weekStart: 'Monday' };
    });
  });

  addTeamRoutes(app, { read, write, readBody }, account);
  addWebhookRoutes(app, { read, write, readBody }, webhooks);

  app.all('*', (c) => {
    throw new CalcomRefusal(404, `Cannot ${c.req.method} ${vendorPath(c)}`);
  });
  return app;
}
