import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCalendarChangeActivities } from '../../../activities/phone-desk/calendar-change/index.ts';
import { keepDays, readCachedDays } from '../../../db/phone-desk/availability/availability-cache.ts';
import { findOrCreateCustomer, readCustomer } from '../../../db/phone-desk/people.ts';
import { type ActivityBed, openActivityBed } from '../../support/activity-bed.ts';
import type { RawBooking } from '../../support/calendar.ts';
import { carryOut, standing } from '../../support/calendar-side.ts';

const JONAS = 101;
const AYLIN = 102;

let bed: ActivityBed;
let changes: ReturnType<typeof createCalendarChangeActivities>;
let companyId: string;
let staffId: string;
let days = 20;

beforeAll(async () => {
  bed = await openActivityBed();
  changes = createCalendarChangeActivities(bed.deps);
  ({ companyId, staffId } = await bed.event('jonas@salon-lindgruen.example', 'haircut'));
});
afterAll(() => bed?.close());

/** A booking with Jonas on a day of its own. */
function booking(uid: string, more: Partial<RawBooking> & { minutes?: number } = {}): RawBooking {
  const { minutes = 45, ...raw } = more;
  days += 1;
  const start = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 + days * 86_400_000 + 36_000_000);
  return {
    ...{ uid, eventTypeId: 102, hostIds: [JONAS], start: start.toISOString() },
    end: new Date(start.getTime() + minutes * 60_000).toISOString(),
    attendee: { name: 'Eva', email: `${uid}@example.com`, timeZone: 'Europe/Berlin' },
    ...raw,
  };
}
const adopt = (bookingUid: string, company = companyId) =>
  changes.adoptBooking({ companyId: company, bookingUid });
const put = async (raw: RawBooking) => {
  await bed.calendar.put(raw);
  return raw;
};
const of = (bookingUid: string) =>
  bed.deps.db
    .selectFrom('appointments')
    .where('calcom_booking_uid', '=', bookingUid)
    .selectAll()
    .executeTakeFirst();

describe('a foreign booking', () => {
  it.each([
    ['without any length', 0, 'it has no length'],
    ['that ends before it begins', -30, 'it has no length'],
    ['of more than a week', 8 * 24 * 60, 'it is longer than a week'],
  ])('%s is for a person', async (what, minutes, reason) => {
    const { uid } = await put(booking(`odd ${what}`.replaceAll(' ', '-'), { minutes }));
    expect(await adopt(uid)).toMatchObject({ status: 'conflict', reason });
    expect(await of(uid)).toBeUndefined();
  });

  it.each([
    ['all day', 24 * 60],
    ['three days', 3 * 24 * 60],
    ['one minute', 1],
  ])('of %s becomes an appointment that blocks just that', async (what, minutes) => {
    const raw = await put(booking(`long-${what.replaceAll(' ', '-')}`, { minutes }));
    days += 4;
    expect(await adopt(raw.uid)).toMatchObject({ status: 'created' });
    expect(await of(raw.uid)).toMatchObject({
      starts_at: new Date(raw.start),
      ends_at: new Date(raw.end),
    });
  });

  it('with a staff member who has left is for a person', async () => {
    const { uid } = await put(booking('left'));
    await bed.deps.db.updateTable('staff').set({ active: false }).where('id', '=', staffId).execute();
    expect(await adopt(uid)).toMatchObject({ status: 'conflict', reason: 'the staff member has left' });
    await bed.deps.db.updateTable('staff').set({ active: true }).where('id', '=', staffId).execute();
    expect(await adopt(uid)).toMatchObject({ status: 'created' });
  });

  it('that a host has to accept is nothing until it is accepted', async () => {
    const raw = booking('asked', { status: 'pending' });
    await put(raw);
    expect(await adopt(raw.uid)).toMatchObject({ status: 'ignored' });
    await put({ ...raw, status: 'accepted' });
    expect(await adopt(raw.uid)).toMatchObject({ status: 'created' });
    const declined = booking('declined', { status: 'pending' });
    await put({ ...declined, status: 'rejected' });
    expect(await adopt(declined.uid)).toMatchObject({ status: 'ignored' });
  });

  it('of another company, or of a company that was deleted, is nobody’s', async () => {
    const dentist = await bed.event('raman@northside-dental.example', 'checkup');
    const { uid } = await put(booking('strange', { eventTypeId: dentist.eventTypeId, hostIds: [200] }));
    expect(await adopt(uid)).toMatchObject({ status: 'ignored' });
    expect(await adopt(uid, '00000000-0000-4000-8000-000000000000')).toMatchObject({ status: 'ignored' });
    expect(await of(uid)).toBeUndefined();
  });
});

describe('a booking that is not carried here', () => {
  const day = '2030-01-10';
  const known = async (email: string) => {
    const { staffId: of, eventTypeId } = await bed.event(email, 'haircut');
    const offer = { staffId: of, eventTypeId };
    return {
      read: async () => (await readCachedDays(bed.deps.db, offer, [day])).cached.length,
      async keep() {
        const { generation } = await readCachedDays(bed.deps.db, offer, [day]);
        await keepDays(bed.deps.db, offer, generation, [{ day, starts: [] }], 60_000);
      },
    };
  };

  it.each(['accepted', 'cancelled'])(
    'drops what is known of the free times of its host alone (%s)',
    async (status) => {
      const jonas = await known('jonas@salon-lindgruen.example');
      const aylin = await known('aylin@salon-lindgruen.example');
      await Promise.all([jonas.keep(), aylin.keep()]);
      const { uid } = await put(booking(`private-${status}`, { eventTypeId: 9_999, status }));
      expect(await adopt(uid)).toMatchObject({ status: 'ignored' });
      expect([await jonas.read(), await aylin.read()]).toEqual([0, 1]);
    },
  );
});

describe('the attendee', () => {
  const customerOf = async (uid: string) => (await of(uid))!.customer_id;
  const attendee = (email: string, phoneNumber?: string) => ({
    attendee: { name: 'Eva', email, timeZone: 'Europe/Berlin', ...(phoneNumber ? { phoneNumber } : {}) },
  });
  const adopted = async (uid: string, more: object) => {
    await put(booking(uid, more));
    expect(await adopt(uid)).toMatchObject({ status: 'created' });
    return customerOf(uid);
  };

  it('without a number is the customer with that address, in that company', async () => {
    const details = { phoneIsMobile: true, name: 'Eva', timeZone: 'Europe/Berlin', locale: 'de' };
    const known = await findOrCreateCustomer(bed.deps.db, bed.deps.vault, {
      ...{ companyId, phoneE164: '+4915112345678', email: 'eva@example.com' },
      ...details,
    });
    const dentist = (await bed.event('raman@northside-dental.example', 'checkup')).companyId;
    const elsewhere = await findOrCreateCustomer(bed.deps.db, bed.deps.vault, {
      ...{ companyId: dentist, phoneE164: '+4915112345678', email: 'ines@example.com' },
      ...details,
    });
    expect(await adopted('mail-1', attendee('Eva@Example.com'))).toBe(known.customerId);
    const ines = await adopted('mail-2', attendee('ines@example.com'));
    expect(ines).not.toBe(elsewhere.customerId);
    expect(await adopted('mail-3', attendee('ines@example.com'))).toBe(ines);
  });

  it.each([
    ['de_AT', 'de-AT'],
    ['pt-br', 'pt-BR'],
    ['Deutsch, bitte', 'de-DE'],
    ['d\u0000e', 'de-DE'],
    ['', 'de-DE'],
  ])('who speaks %j is written to as %s', async (language, locale) => {
    const email = `tongue-${Buffer.from(language).toString('hex')}@example.com`;
    const name = `Eva\n${'x'.repeat(300)}`;
    const attendee = { name, email, timeZone: '+02:00', language };
    const customer = await adopted(`speaks-${email}`, { attendee });
    const read = await readCustomer(bed.deps.db, bed.deps.vault, customer);
    expect(read).toMatchObject({ locale, timeZone: 'Europe/Berlin', name: `Eva ${'x'.repeat(196)}` });
  });

  it('with a number is the customer with that number, whatever the address', async () => {
    const first = await adopted('phone-1', attendee('family@example.com', '+4915187654321'));
    const second = await adopted('phone-2', attendee('family@example.com', '+4915187654322'));
    expect(second).not.toBe(first);
    expect(await adopted('phone-3', attendee('other@example.com', '+4915187654322'))).toBe(second);
    expect(await adopted('phone-4', attendee('family@example.com'))).toBe(first);
  });

  it('is made once, also when two of their bookings are looked at together', async () => {
    const uids = ['twin-1', 'twin-2', 'twin-3'];
    for (const uid of uids) await put(booking(uid, attendee('twin@example.com')));
    await Promise.all(uids.map((uid) => adopt(uid)));
    expect(new Set(await Promise.all(uids.map(customerOf))).size).toBe(1);
  });
});

describe('a booking of an appointment of ours', () => {
  async function own(uid: string) {
    const raw = await put(booking(uid));
    const { appointment } = await adopt(uid);
    return { raw, id: appointment!.appointmentId };
  }

  it('that is given to another host goes to them; to one who has left, it is for a person', async () => {
    const { raw, id } = await own('host');
    const aylin = await bed.event('aylin@salon-lindgruen.example', 'haircut');
    await bed.deps.db
      .insertInto('event_types')
      .values({
        ...{ company_id: companyId, service_id: aylin.serviceId, staff_id: aylin.staffId },
        calcom_event_type_id: 102,
      })
      .onConflict((conflict) =>
        conflict.columns(['service_id', 'staff_id']).doUpdateSet({ calcom_event_type_id: 102 }),
      )
      .execute();
    await put({ ...raw, hostIds: [AYLIN] });
    expect(await adopt(raw.uid)).toMatchObject({ status: 'moved' });
    expect(await carryOut(bed.deps, id)).toEqual(['unchanged']);
    expect(await of(raw.uid)).toMatchObject({ staff_id: aylin.staffId });
    await bed.deps.db.updateTable('staff').set({ active: false }).where('id', '=', staffId).execute();
    await put({ ...raw, hostIds: [JONAS] });
    expect(await adopt(raw.uid)).toMatchObject({ status: 'moved' });
    expect(await carryOut(bed.deps, id)).toEqual(['conflict']);
    await bed.deps.db.updateTable('staff').set({ active: true }).where('id', '=', staffId).execute();
  });

  it('that loses its length is for a person; one that is prolonged is followed, again and again', async () => {
    const { raw, id } = await own('longer');
    await put({ ...raw, end: raw.start });
    expect(await adopt(raw.uid)).toMatchObject({ status: 'conflict', reason: 'it has no length' });
    for (const minutes of [60, 90, 45]) {
      const end = new Date(Date.parse(raw.start) + minutes * 60_000);
      await put({ ...raw, end: end.toISOString() });
      expect(await adopt(raw.uid)).toMatchObject({ status: 'moved' });
      await carryOut(bed.deps, id);
      expect(await of(raw.uid)).toMatchObject({ ends_at: end });
    }
  });

  it('of which the calendar has a second one is for a person', async () => {
    const { id } = await own('single');
    const second = await put(booking('second', { metadata: { appointmentId: id } }));
    expect(await adopt(second.uid)).toMatchObject({ status: 'conflict' });
    await put({ ...second, status: 'cancelled' });
    expect(await adopt(second.uid)).toMatchObject({ status: 'unchanged' });
    expect(await of('single')).toMatchObject({ id, status: 'booked' });
  });

  it('tells whether the customer came, and takes it back', async () => {
    const { raw, id } = await own('absent');
    const absent = (said: boolean) => ({ ...raw, attendee: { ...raw.attendee!, absent: said } });
    await put(absent(true));
    expect(await adopt(raw.uid)).toMatchObject({ status: 'no-show' });
    expect(await of(raw.uid)).toMatchObject({ id, no_show_at: expect.any(Date) });
    await put(absent(false));
    expect(await adopt(raw.uid)).toMatchObject({ status: 'no-show' });
    expect(await of(raw.uid)).toMatchObject({ no_show_at: null });
  });

  it('that was cancelled here and is booked anew there is a new appointment', async () => {
    const { raw, id } = await own('anew-1');
    const cancelledAt = new Date(Date.now() - 60_000);
    await bed.deps.db
      .updateTable('appointments')
      .set({ status: 'cancelled', updated_at: cancelledAt })
      .where('id', '=', id)
      .execute();
    await put({ ...raw, status: 'cancelled', rescheduledToUid: 'anew-2' });
    const again = { ...raw, uid: 'anew-2', rescheduledFromUid: raw.uid, metadata: { appointmentId: id } };
    await put({ ...again, updatedAt: new Date(cancelledAt.getTime() - 1_000).toISOString() });
    expect(await adopt('anew-2')).toMatchObject({ status: 'unchanged' });
    await put(again);
    const first = await adopt('anew-2');
    expect(first).toMatchObject({ status: 'created' });
    expect(first.appointment!.appointmentId).not.toBe(id);
    expect(await adopt('anew-2')).toMatchObject({ status: 'unchanged' });
    expect(await standing(bed.deps, raw.start)).toHaveLength(1);
  });
});
