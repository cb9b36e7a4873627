import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import { createCalendarChangeActivities } from '../../../activities/phone-desk/calendar-change/index.ts';
import { cancelAppointment } from '../../../db/phone-desk/booking/booking.ts';
import { type ActivityBed, openActivityBed } from '../../support/activity-bed.ts';
import type { RawBooking } from '../../support/calendar.ts';
import { carryOut } from '../../support/calendar-side.ts';

const JONAS = 101;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Runs of one scenario that go on beside each other, each on a day and with bookings of its own. */
const AT_ONCE = 6;

let bed: ActivityBed;
let companyId: string;
let changes: ReturnType<typeof createCalendarChangeActivities>;
let bookings: ReturnType<typeof createBookingActivities>;
let runs = 0;

beforeAll(async () => {
  bed = await openActivityBed();
  changes = createCalendarChangeActivities(bed.deps);
  bookings = createBookingActivities(bed.deps);
  ({ companyId } = await bed.event('jonas@salon-lindgruen.example', 'haircut'));
});
afterAll(() => bed?.close());

/** One booking of the calendar with its moves, and what we have made of it. */
function openRun() {
  runs += 1;
  const name = `run${runs}`;
  const day = Math.floor(Date.now() / DAY_MS) * DAY_MS + (5 + runs) * DAY_MS;
  const uidOf = (letter: string) => `${name}-${letter}`;
  const at = (hour: number, minutes = 45) => ({
    start: new Date(day + hour * HOUR_MS).toISOString(),
    end: new Date(day + hour * HOUR_MS + minutes * 60_000).toISOString(),
  });
  const attendee = { name: 'Eva', email: `${name}@example.com`, timeZone: 'Europe/Berlin' };
  const raw = (letter: string, hour: number, more: Partial<RawBooking> = {}): RawBooking => ({
    ...{ uid: uidOf(letter), eventTypeId: 102, hostIds: [JONAS], attendee, ...at(hour) },
    ...more,
  });
  let current = raw('A', 8);
  const put = async (next: RawBooking) => {
    current = next;
    await bed.calendar.put(next);
  };
  const touched = new Set<string>();
  const letters = ['A', 'B', 'C', 'D'];

  return {
    create: () => put(raw('A', 8)),
    async move(letter: string, hour: number) {
      if (current.status === 'cancelled') return;
      const next = raw(letter, hour, { rescheduledFromUid: current.uid, metadata: current.metadata ?? {} });
      await bed.calendar.put({ ...current, status: 'cancelled', rescheduledToUid: next.uid });
      await put(next);
    },
    prolong: () => put({ ...current, end: new Date(Date.parse(current.start) + HOUR_MS).toISOString() }),
    cancel: () => put({ ...current, status: 'cancelled' }),
    /** Somebody calls: cancelled here, then there. */
    async callerCancels() {
      for (const id of touched) {
        if (!(await cancelAppointment(bed.deps.db, id, 'cancelled on request'))) continue;
        await bookings.cancelCalcomBooking(id, 'cancelled on request');
        current = { ...current, status: 'cancelled' };
      }
    },
    /** A webhook arrives; the appointment's run does its part at once, or later. */
    async tell(letter: string, atOnce: boolean) {
      const { appointment } = await changes.adoptBooking({ companyId, bookingUid: uidOf(letter) });
      if (!appointment) return;
      touched.add(appointment.appointmentId);
      if (atOnce) await carryOut(bed.deps, appointment.appointmentId);
    },
    /** What stands in the end, on both sides; hours of the day. */
    async end() {
      for (const id of touched) await carryOut(bed.deps, id);
      // So many questions at once would make each permit dearer than the rest together.
      await bed.deps.db.deleteFrom('limit_grants').execute();
      const rows = await bed.deps.db
        .selectFrom('appointments')
        .where('calcom_booking_uid', 'in', letters.map(uidOf))
        .where('status', '=', 'booked')
        .select(['starts_at', 'ends_at', 'calcom_booking_uid'])
        .execute();
      const { booked, cancelled } = await bed.deps.db
        .selectFrom('booking_statistics')
        .where('company_id', '=', companyId)
        .where('local_day', '=', new Date(day).toISOString().slice(0, 10))
        .select((eb) => [
          eb.fn.sum<string>('booked').as('booked'),
          eb.fn.sum<string>('cancelled').as('cancelled'),
        ])
        .executeTakeFirstOrThrow();
      return {
        standing: rows.map((row) => ({
          uid: row.calcom_booking_uid!.slice(-1),
          from: (row.starts_at.getTime() - day) / HOUR_MS,
          to: (row.ends_at.getTime() - day) / HOUR_MS,
        })),
        counted: Number(booked ?? 0) - Number(cancelled ?? 0),
      };
    },
  };
}
type Run = ReturnType<typeof openRun>;

/** What happens in a scenario, in order; each deed is told by a webhook about a booking, or by none. */
type Deed = { does: (run: Run) => Promise<void>; tells: string | null };

/** Every order in which the deeds happen one after the other and each is told at any time after it. */
function* orders(deeds: Deed[], done = 0, untold: string[] = []): Generator<(Deed | string)[]> {
  if (done === deeds.length && untold.length === 0) yield [];
  const next = deeds[done];
  if (next) {
    const told = next.tells ? [...untold, next.tells] : untold;
    for (const rest of orders(deeds, done + 1, told)) yield [next, ...rest];
  }
  for (const [index, letter] of untold.entries()) {
    if (untold.indexOf(letter) !== index) continue;
    for (const rest of orders(deeds, done, untold.toSpliced(index, 1))) yield [letter, ...rest];
  }
}

async function endOf(order: (Deed | string)[], atOnce: boolean) {
  const run = openRun();
  for (const step of order) {
    if (typeof step === 'string') await run.tell(step, atOnce);
    else await step.does(run);
  }
  return run.end();
}

/** `modes`: whether the appointment's run does its part at once, or in the end. */
async function endsOf(all: (Deed | string)[][], modes = [true, false]): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  const left = all.flatMap((order) => modes.map((atOnce) => ({ order, atOnce })));
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const end = JSON.stringify(await endOf(next.order, next.atOnce));
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return ends;
}

const deed = (tells: string | null, does: Deed['does']): Deed => ({ tells, does });
const created = deed('A', (run) => run.create());
const movedToB = deed('B', (run) => run.move('B', 10));
const movedToC = deed('C', (run) => run.move('C', 12));
const none = JSON.stringify({ standing: [], counted: 0 });
const atC = (to: number) => JSON.stringify({ standing: [{ uid: 'C', from: 12, to }], counted: 1 });

describe('whatever the order in which a booking’s changes are told', () => {
  it.each([
    ['created, moved, moved', [created, movedToB, movedToC], 15, atC(12.75)],
    [
      'created, moved, moved, cancelled',
      [created, movedToB, movedToC, deed('C', (run) => run.cancel())],
      null,
      none,
    ],
  ])('%s: both sides stand alike', async (_what, deeds, count, end) => {
    const all = [...orders(deeds)];
    expect(all.length).toBeGreaterThanOrEqual(count ?? 60);
    const modes = deeds.length > 3 ? [true] : [true, false];
    expect([...(await endsOf(all, modes)).keys()]).toEqual([end]);
  });

  it('five events after all has happened: each of their orders', async () => {
    const movedToD = deed('D', (run) => run.move('D', 14));
    const deeds = [created, movedToB, movedToC, movedToD, deed(null, (run) => run.prolong())];
    const events = ['A', 'B', 'C', 'D', 'D'];
    const shuffled = [...orders(events.map((tells) => deed(tells, async () => {})))]
      .map((order) => order.filter((step) => typeof step === 'string'))
      .map((order) => [...deeds, ...order]);
    const distinct = new Map(shuffled.map((order) => [JSON.stringify(order.slice(deeds.length)), order]));
    expect(distinct.size).toBe(60);
    const end = JSON.stringify({ standing: [{ uid: 'D', from: 14, to: 15 }], counted: 1 });
    expect([...(await endsOf([...distinct.values()], [true])).keys()]).toEqual([end]);
  });

  it('and a caller who cancels meanwhile: a cancellation wins over every move', async () => {
    const known = deed(null, async (run) => {
      await run.create();
      await run.tell('A', true);
    });
    const calls = deed(null, (run) => run.callerCancels());
    const all = [
      [known, calls, movedToB, movedToC],
      [known, movedToB, calls, movedToC],
      [known, movedToB, movedToC, calls],
    ].flatMap((deeds) => [...orders(deeds)]);
    expect([...(await endsOf(all)).keys()]).toEqual([none]);
  });
});
