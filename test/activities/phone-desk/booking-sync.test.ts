import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextCursor } from '../../../activities/phone-desk/booking-sync/calendar-pages.ts';
import { driftOf } from '../../../activities/phone-desk/booking-sync/compare.ts';
import { createBookingSyncActivities } from '../../../activities/phone-desk/booking-sync/index.ts';
import { listAlerts } from '../../../db/alerts-read.ts';
import { countOpenDrifts } from '../../../db/phone-desk/booking-sync/calendar-drift-read.ts';
import { type ActivityBed, openActivityBed } from '../../support/activity-bed.ts';

describe('a list that is read in order while it changes', () => {
  /** Rows in the order of the calendar; some change between two pages and go to the end. */
  const rows = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 40 });

  it('shows every row, whatever changes meanwhile', () => {
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        (stamps, take, chance) => {
          const list = stamps.map((at, id) => ({ id, at: new Date(at * 1_000).toISOString() }));
          const seen = new Set<number>();
          let cursor = { from: new Date(0).toISOString(), skip: 0 };
          let later = 100;
          for (let page = 0; page < 500; page += 1) {
            const found = list
              .filter(({ at }) => at >= cursor.from)
              .sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
            const items = found.slice(cursor.skip, cursor.skip + take);
            for (const { id } of items) seen.add(id);
            const more = cursor.skip + take < found.length;
            cursor = nextCursor(
              cursor,
              items.map(({ at }) => at),
            );
            if (!more) break;
            // A row that was seen already changes, and leaves its place to the next.
            const changed = list[chance.next().value! % list.length]!;
            if (page < 20 && seen.has(changed.id) && cursor.skip === 0) {
              later += 1;
              changed.at = new Date(later * 1_000).toISOString();
            }
          }
          expect(seen.size).toBe(list.length);
        },
      ),
    );
  });
});

describe('what differs', () => {
  const now = new Date('2030-01-10T10:00:00Z');
  const at = '2030-01-11T10:00:00.000Z';
  const end = '2030-01-11T10:45:00.000Z';
  const long = new Date('2030-01-01T00:00:00Z');
  const booking = (more = {}) => ({
    ...{ uid: 'a', status: 'accepted', start: at, end, updatedAt: '2030-01-02T00:00:00Z', eventTypeId: 1 },
    attendees: [{ name: 'A', email: 'a@example.com', timeZone: 'UTC' }],
    ...more,
  });
  const ours = (more = {}) => ({
    ...{ id: 'x', status: 'booked' as const, starts_at: new Date(at), ends_at: new Date(end) },
    ...{ calcom_booking_uid: 'a', no_show_at: null, updated_at: long },
    ...more,
  });
  const drift = (there: object, here?: object | null) =>
    driftOf(booking(there), here === null ? undefined : ours(here), { carried: new Set([1]), now });

  it.each([
    ['the same on both sides', {}, {}, null],
    ['a foreign one', {}, null, 'unknown-here'],
    ['a foreign one that a host has to accept', { status: 'pending' }, null, null],
    ['a foreign one that is over', { end: '2030-01-10T09:00:00Z' }, null, null],
    ['a foreign one of an event type that is not ours', { eventTypeId: 2 }, null, null],
    ['another start', { start: '2030-01-11T09:00:00Z' }, {}, 'moved-there'],
    ['another end', { end: '2030-01-11T12:00:00Z' }, {}, 'moved-there'],
    ['the successor of ours', { uid: 'b' }, {}, 'moved-there'],
    ['ours, moved on', { status: 'cancelled', rescheduledToUid: 'b' }, {}, 'moved-there'],
    ['the forerunner of ours', { uid: '0', status: 'cancelled', rescheduledToUid: 'a' }, {}, null],
    ['ours, cancelled', { status: 'cancelled' }, {}, 'cancelled-there'],
    ['ours, declined', { status: 'rejected' }, {}, 'cancelled-there'],
    ['ours, on its way', { start: '2030-01-11T09:00:00Z' }, { status: 'held' }, null],
    ['cancelled here', {}, { status: 'cancelled' }, 'standing-there'],
    ['cancelled here just now', {}, { status: 'cancelled', updated_at: now }, null],
    ['released here', {}, { status: 'released', calcom_booking_uid: null }, 'standing-there'],
    ['cancelled here and booked anew there', { uid: 'b' }, { status: 'cancelled' }, 'unknown-here'],
    [
      'cancelled here after a move there',
      { uid: 'b', updatedAt: '2029-12-31T00:00:00Z' },
      { status: 'cancelled' },
      'standing-there',
    ],
  ] as const)('%s', (_what, there, here, kind) => {
    expect(drift(there, here)).toBe(kind);
  });

  it('whether the customer came', () => {
    const absent = { attendees: [{ name: 'A', email: 'a@example.com', timeZone: 'UTC', absent: true }] };
    expect(drift(absent, { status: 'completed' })).toBe('no-show');
    expect(drift(absent, { status: 'completed', no_show_at: now })).toBeNull();
    expect(drift({}, { status: 'completed', no_show_at: now })).toBe('no-show');
  });
});

describe('a calendar with more than a page', () => {
  let bed: ActivityBed;
  let sync: ReturnType<typeof createBookingSyncActivities>;
  beforeAll(async () => {
    bed = await openActivityBed();
    sync = createBookingSyncActivities(bed.deps);
  });
  afterAll(() => bed?.close());

  it('is read to its end, page by page, also where a page holds one moment only', async () => {
    const { companyId, eventTypeId } = await bed.event('jonas@salon-lindgruen.example', 'haircut');
    const updatedAt = new Date(Date.now() - 60_000).toISOString();
    const day = Date.parse(`${new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)}T10:00:00Z`);
    for (let index = 0; index < 270; index += 1) {
      await bed.calendar.put({
        ...{ uid: `many-${index}`, eventTypeId, hostIds: [101], updatedAt },
        start: new Date(day).toISOString(),
        end: new Date(day + 1_800_000).toISOString(),
      });
    }
    const begun = (await sync.beginBookingSync(companyId, crypto.randomUUID()))!;
    for (const read of ['readChanged', 'readUpcoming'] as const) {
      const uids = new Set<string>();
      let cursor = read === 'readChanged' ? begun.changes : begun.upcoming;
      for (let pages = 0; ; pages += 1) {
        const page = await sync[read](companyId, cursor);
        for (const { bookingUid } of page.drifts) uids.add(bookingUid);
        cursor = page.next;
        if (!page.more) break;
        expect(pages).toBeLessThan(5);
      }
      expect(uids.size).toBe(270);
    }
  });

  it('is not asked about booking by booking when it looks like another account', async () => {
    const { companyId } = await bed.event('jonas@salon-lindgruen.example', 'haircut');
    const gone = Array.from({ length: 6 }, (_, index) => ({
      appointmentId: null as unknown as string,
      bookingUid: `gone-${index}`,
    }));
    const standing = async () => {
      const filter = { companyId, kind: 'calendar-bookings-gone' as const, standing: true };
      return (await listAlerts(bed.deps.db, filter, { limit: 10, after: null })).items.length;
    };
    expect(await sync.noteGone(companyId, gone)).toEqual({ toAsk: [] });
    expect(await standing()).toBe(1);
    const few = gone.slice(0, 2);
    expect(await sync.noteGone(companyId, few)).toEqual({ toAsk: ['gone-0', 'gone-1'] });
    expect(await standing()).toBe(0);
    for (const { bookingUid } of few) {
      await sync.noteOutcome(companyId, { bookingUid, kind: 'gone-there' }, 'gone');
    }
    expect(await sync.noteGone(companyId, few)).toEqual({ toAsk: [] });
  });

  it('is seen once by a comparison that repeats a step', async () => {
    const { companyId } = await bed.event('jonas@salon-lindgruen.example', 'haircut');
    const gone = [{ appointmentId: null as unknown as string, bookingUid: 'seen' }];
    for (const seen of [1, 2]) {
      const { syncId } = (await sync.beginBookingSync(companyId, crypto.randomUUID()))!;
      await sync.noteGone(companyId, gone);
      await sync.noteGone(companyId, gone);
      await sync.finishBookingSync(companyId, syncId, { status: 'synced', detail: {} });
      const row = await bed.deps.db
        .selectFrom('calendar_drifts')
        .where('booking_uid', '=', 'seen')
        .select('times_seen')
        .executeTakeFirstOrThrow();
      expect(row.times_seen).toBe(seen);
    }
  });

  it('is noted booking by booking even when it is ten thousand of them', async () => {
    const { companyId } = await bed.event('raman@northside-dental.example', 'checkup');
    const gone = Array.from({ length: 12_000 }, (_, index) => ({
      appointmentId: null as unknown as string,
      bookingUid: `all-gone-${index}`,
    }));
    expect(await sync.noteGone(companyId, gone)).toEqual({ toAsk: [] });
    expect(await countOpenDrifts(bed.deps.db, companyId)).toEqual({ 'gone-there': 12_000 });
  });
});
