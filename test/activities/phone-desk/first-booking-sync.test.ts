import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBookingSyncActivities } from '../../../activities/phone-desk/booking-sync/index.ts';
import type { UpcomingPage } from '../../../activities/phone-desk/booking-sync/read-upcoming.ts';
import { createCalendarChangeActivities } from '../../../activities/phone-desk/calendar-change/index.ts';
import { findOrCreateCustomer } from '../../../db/phone-desk/people.ts';
import { type ActivityBed, openActivityBed } from '../../support/activity-bed.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const JONAS = 101;
const BOOKINGS = 1_250;
/** Whatever one step of a run has to work off fits easily into its history. */
const MOST_AT_ONCE = 250;

let bed: ActivityBed;
let sync: ReturnType<typeof createBookingSyncActivities>;
let changes: ReturnType<typeof createCalendarChangeActivities>;

type Offer = Awaited<ReturnType<ActivityBed['event']>>;
let salon: Offer;
/** The first of them, in ten days; each begins an hour after the one before. */
const first = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 240 * HOUR_MS;
const startOf = (nth: number) => new Date(first + nth * HOUR_MS);

beforeAll(async () => {
  bed = await openActivityBed();
  sync = createBookingSyncActivities(bed.deps);
  changes = createCalendarChangeActivities(bed.deps);
  salon = await bed.event('jonas@salon-lindgruen.example', 'haircut');
});
afterAll(() => bed?.close());

const put = (nth: number, uid = `first-${nth}`, startsAt = startOf(nth), more: object = {}) =>
  bed.calendar.put({
    ...{ uid, eventTypeId: salon.eventTypeId, hostIds: [JONAS] },
    start: startsAt.toISOString(),
    end: new Date(startsAt.getTime() + 45 * MINUTE_MS).toISOString(),
    ...more,
  });

/** Appointments that stand here under these bookings. */
async function known(
  nths: number[],
  { companyId, staffId, serviceId, eventTypeId }: Offer,
  name = 'first',
): Promise<void> {
  const { db, vault } = bed.deps;
  const { customerId } = await findOrCreateCustomer(db, vault, {
    ...{ companyId, phoneE164: '+4915112340000', phoneIsMobile: true, name: 'Eva' },
    ...{ email: 'eva@example.com', timeZone: 'Europe/Berlin', locale: 'de' },
  });
  const rows = nths.map((nth) => ({
    ...{ id: randomUUID(), company_id: companyId, customer_id: customerId, staff_id: staffId },
    ...{ service_id: serviceId, call_id: null, source: 'api' as const, status: 'booked' as const },
    starts_at: startOf(nth),
    ends_at: new Date(startOf(nth).getTime() + 45 * MINUTE_MS),
    ...{ blocked: '{}', time_zone: 'Europe/Berlin', calcom_event_type_id: eventTypeId },
    ...{ calcom_booking_uid: `${name}-${nth}`, status_reason: null, counted_at: null, no_show_at: null },
  }));
  for (let at = 0; at < rows.length; at += 500) {
    await db
      .insertInto('appointments')
      .values(rows.slice(at, at + 500))
      .execute();
  }
}

/** Reads the pages as the chain does; returns what `settle` says of each booking that differs. */
async function compare(
  { companyId }: Offer,
  settle: (bookingUid: string) => Promise<string>,
  between: (page: number) => Promise<void> = async () => {},
) {
  const begun = (await sync.beginBookingSync(companyId, randomUUID()))!;
  const outcomes = new Map<string, string>();
  let most = 0;
  for (const read of ['readChanged', 'readUpcoming'] as const) {
    let cursor = read === 'readChanged' ? begun.changes : begun.upcoming;
    for (let nth = 0; ; nth += 1) {
      const page = await sync[read](companyId, cursor);
      const missing = (page as Partial<UpcomingPage>).missing ?? [];
      most = Math.max(most, page.drifts.length, missing.length);
      for (const { bookingUid } of [...page.drifts, ...missing]) {
        outcomes.set(bookingUid, await settle(bookingUid));
      }
      if (!page.more) break;
      expect(page.next, 'the list goes on').not.toEqual(cursor);
      cursor = page.next;
      if (read === 'readUpcoming') await between(nth);
    }
  }
  await sync.finishBookingSync(companyId, begun.syncId, { status: 'synced', detail: {} });
  return { outcomes, most };
}

const adopt =
  ({ companyId }: Offer) =>
  async (bookingUid: string) =>
    (await changes.adoptBooking({ companyId, bookingUid })).status;
const countOf = (outcomes: Map<string, string>, status: string) =>
  [...outcomes.values()].filter((each) => each === status).length;

it('a full calendar is compared to its end, and what moves between two pages is found', async () => {
  const all = Array.from({ length: BOOKINGS }, (_, nth) => nth);
  const foreign = new Set(all.filter((nth) => nth % 25 === 0));
  for (let at = 0; at < BOOKINGS; at += 50) await Promise.all(all.slice(at, at + 50).map((nth) => put(nth)));
  await known(
    all.filter((nth) => !foreign.has(nth)),
    salon,
  );
  const back = 'first-1201';
  const { outcomes, most } = await compare(salon, adopt(salon), async (page) => {
    if (page !== 1) return;
    // From a page that is still to come onto one that was read, as the calendar does it: under a new uid.
    const there = new Date(startOf(3).getTime() + 50 * MINUTE_MS);
    await put(1_201, `${back}-moved`, there, { rescheduledFromUid: back });
    await put(1_201, back, startOf(1_201), { status: 'cancelled', rescheduledToUid: `${back}-moved` });
  });
  expect(countOf(outcomes, 'created')).toBe(foreign.size);
  expect(outcomes.get(back)).toBe('moved');
  expect(outcomes.size).toBe(foreign.size + 1);
  expect(most).toBeLessThanOrEqual(MOST_AT_ONCE);
  const { outcomes: second } = await compare(salon, async () => 'differs');
  expect([...second.keys()].filter((uid) => !uid.startsWith(back))).toEqual([]);
});

it('a calendar that has none of them any more is worked off piece by piece', async () => {
  const dentist = await bed.event('raman@northside-dental.example', 'checkup');
  const lost = Array.from({ length: 3 * MOST_AT_ONCE }, (_, nth) => 5_000 + nth);
  // Two of them begin at the moment with which a page ends.
  await known(lost, dentist);
  await known([lost[MOST_AT_ONCE - 1]!], dentist, 'twin');
  const { outcomes, most } = await compare(dentist, async () => 'missing');
  expect(most).toBe(MOST_AT_ONCE + 1);
  expect(countOf(outcomes, 'missing')).toBe(lost.length + 1);
});
