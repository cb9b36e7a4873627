import type { Hono } from 'hono';
import { z } from 'zod';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import type { CalcomAccount } from './account.ts';
import type { CalcomVariables } from './guards.ts';
import type { CalcomRecords } from './records.ts';

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const putSchema = z.strictObject({
  uid: z.string().min(1),
  eventTypeId: z.int(),
  hostIds: z.array(z.int()),
  start: moment,
  end: moment,
  status: z.enum(['accepted', 'pending', 'cancelled', 'rejected']).default('accepted'),
  attendee: z
    .strictObject({
      name: z.string(),
      email: z.string(),
      timeZone: z.string(),
      language: z.string().default('en'),
      phoneNumber: z.string().optional(),
      absent: z.boolean().optional(),
    })
    .default({ name: 'Guest', email: 'guest@example.com', timeZone: 'UTC', language: 'en' }),
  metadata: z.record(z.string(), z.string()).default({}),
  updatedAt: moment.optional(),
  rescheduledFromUid: z.string().optional(),
  rescheduledToUid: z.string().optional(),
});

/**
 * Bookings as no rule of the vendor lets one make them (no length, all day, the past), bookings and event types that
 * vanish; no webhook tells of it. Only the emulator has this.
 */
export function addControl(
  app: Hono<CalcomVariables>,
  kit: EmulatorKit,
  account: CalcomAccount,
  records: CalcomRecords,
): void {
  app.put('/_emulator/bookings', async (c) => {
    const { updatedAt = Date.now(), ...given } = putSchema.parse(await c.req.json());
    const known = records.bookings.get(given.uid);
    const more = { title: 'Meeting', guests: [], location: 'in person', bookingFieldsResponses: {} };
    const createdAt = known?.createdAt ?? updatedAt;
    kit.change(() => {
      const id = known?.id ?? records.nextNumber('bookings');
      records.bookings.put(given.uid, { id, ...more, ...given, createdAt, updatedAt });
    });
    return c.json({ uid: given.uid });
  });
  app.delete('/_emulator/bookings/:uid', (c) => {
    kit.change(() => records.bookings.delete(c.req.param('uid')));
    return c.body(null, 204);
  });
  app.delete('/_emulator/event-types/:id', (c) => {
    kit.change(() => account.removeEventType(Number(c.req.param('id'))));
    return c.body(null, 204);
  });
}
