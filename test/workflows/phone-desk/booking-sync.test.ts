import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listAlerts } from '../../../db/alerts-read.ts';
import type { DriftView } from '../../../db/phone-desk/booking-sync/calendar-drift-read.ts';
import { bookingSyncWorkflowId, calendarChangeWorkflowId } from '../../../shared/ids.ts';
import { openCalendar, type TestCalendar } from '../../support/calendar.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import {
  answer,
  appointmentsOf,
  notificationsOf,
  openReviewOf,
  recordHistory,
} from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { berlin, haircut, newCaller, workingDay } from '../../support/wishes.ts';

const SALON = '/api/companies/salon-lindgruen';
const SCISSORS = 102;
/** Of Jonas in the emulated calendar. */
const JONAS = 101;

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let calendar: TestCalendar;
let companyId: string;

interface State {
  last: { id: string; status: string; detail: { read: number; drifts: object } } | null;
  open: Record<string, number>;
  takenOverUntil: string | null;
}

/** No webhook is subscribed: what happens in the calendar only a comparison tells. */
beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, { settings: { REVIEW_WAIT_MS: '20000' } });
  calendar = openCalendar(desk.emulatorsUrl);
  const row = await desk.deps.db
    .selectFrom('companies')
    .where('slug', '=', 'salon-lindgruen')
    .select('id')
    .executeTakeFirstOrThrow();
  companyId = row.id;
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

async function sync(company = SALON): Promise<State> {
  const { id } = await desk.api('POST', `${company}/booking-sync`);
  return eventually('the comparison to end', async () => {
    const state = (await desk.api('GET', `${company}/booking-sync`)) as unknown as State;
    return state.last?.id === id && !['requested', 'running'].includes(state.last!.status)
      ? state
      : undefined;
  });
}

const driftsOf = async (uid: string, open?: boolean): Promise<DriftView[]> => {
  const query = open === undefined ? '' : `?open=${open}`;
  const { items } = await desk.api('GET', `${SALON}/calendar-drift${query}`);
  return (items as DriftView[]).filter(({ bookingUid }) => bookingUid === uid);
};

const appointment = (id: string, status: string) =>
  eventually(`the appointment to be ${status}`, async () => {
    const row = await desk.deps.db
      .selectFrom('appointments')
      .where('id', '=', id)
      .selectAll()
      .executeTakeFirstOrThrow();
    return row.status === status ? row : undefined;
  });

async function bookByPhone(day: string, time: string) {
  const wish = haircut(day, time, { staff: 'Jonas' });
  const call = await desk.settled(await desk.play({ from: newCaller(), wish }));
  expect(call.outcome).toBe('booked');
  const [booked] = await appointmentsOf(desk, call.id);
  return booked!;
}

const told = (id: string, kind: string) =>
  eventually(`the ${kind} to be told`, async () => {
    const { email } = await notificationsOf(desk, id, kind);
    return email?.status === 'sent' ? email : undefined;
  });

describe('a comparison of the bookings finds what no webhook has told', () => {
  it('bookings of others, moves and cancellations; the next one finds nothing', async () => {
    const [moved, cancelled] = [
      await bookByPhone(workingDay(0), '10:00'),
      await bookByPhone(workingDay(0), '12:00'),
    ];
    const foreign = await calendar.ask('POST', '/v2/bookings', {
      eventTypeId: SCISSORS,
      start: berlin(workingDay(0), '14:00').toISOString(),
      attendee: { name: 'Else Where', email: 'else@example.com', timeZone: 'Europe/Berlin' },
    });
    const start = berlin(workingDay(0), '16:00').toISOString();
    const oldUid = moved.calcom_booking_uid!;
    const { uid } = await calendar.ask('POST', `/v2/bookings/${oldUid}/reschedule`, { start });
    const gone = cancelled.calcom_booking_uid!;
    await calendar.ask('POST', `/v2/bookings/${gone}/cancel`, { cancellationReason: 'ill' });

    const { last, takenOverUntil } = await sync();
    expect(last).toMatchObject({
      status: 'synced',
      detail: { drifts: { 'unknown-here': expect.any(Number), 'cancelled-there': expect.any(Number) } },
    });
    await recordHistory(desk, bookingSyncWorkflowId(companyId), 'booking-sync-took-over');
    expect(Date.parse(takenOverUntil!)).toBeGreaterThan(Date.now() - 60_000);
    const adopted = await desk.deps.db
      .selectFrom('appointments')
      .where('calcom_booking_uid', '=', foreign.uid)
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(adopted).toMatchObject({ source: 'calcom', status: 'booked' });
    await told(moved.id, 'rescheduled');
    await told(cancelled.id, 'cancellation');
    expect(await appointment(moved.id, 'booked')).toMatchObject({
      calcom_booking_uid: uid,
      starts_at: new Date(start),
    });
    expect(await driftsOf(gone)).toMatchObject([
      {
        kind: 'cancelled-there',
        outcome: 'cancelled',
        here: { status: 'booked' },
        there: { status: 'cancelled' },
      },
    ]);

    const second = await sync();
    expect(second.last).toMatchObject({ status: 'synced', detail: { drifts: {} } });
    expect(second.open).toEqual({});
    const [drift] = await driftsOf(foreign.uid);
    expect(drift).toMatchObject({ outcome: 'created', timesSeen: 1 });
    expect(drift!.resolvedAt).not.toBeNull();
  });

  it('an appointment that is cancelled here and stands there is taken out of the calendar', async () => {
    const own = await bookByPhone(workingDay(1), '10:00');
    await desk.deps.db
      .updateTable('appointments')
      .set({ status: 'cancelled', updated_at: new Date(Date.now() - 3_600_000) })
      .where('id', '=', own.id)
      .execute();
    await sync();
    const uid = own.calcom_booking_uid!;
    expect(await driftsOf(uid)).toMatchObject([{ kind: 'standing-there', outcome: 'cancelled-there' }]);
    const cancels = await desk.ledger('calcom', 'bookings.cancel');
    expect(cancels.filter(({ request }) => (request as { uid: string }).uid === uid)).toHaveLength(1);
  });

  it('an appointment that the calendar does not have any more is a question to a person, asked once', async () => {
    const own = await bookByPhone(workingDay(1), '12:00');
    const uid = own.calcom_booking_uid!;
    await calendar.remove(uid);
    await sync();
    const run = calendarChangeWorkflowId(companyId, uid);
    const review = await openReviewOf(desk, run, 'calendar-booking-gone');
    await sync();
    expect(await driftsOf(uid, true)).toMatchObject([{ kind: 'gone-there', outcome: 'gone', timesSeen: 2 }]);
    await answer(desk, review.id, { action: 'cancel' });
    await appointment(own.id, 'cancelled');
    await told(own.id, 'cancellation');
    await recordHistory(desk, run, 'calendar-booking-gone');
    expect((await sync()).open).not.toHaveProperty('gone-there');
  });

  it('a booking that cannot stand here is a question to a person, and left alone once they have said so', async () => {
    await bookByPhone(workingDay(3), '10:00');
    const { uid } = await calendar.ask('POST', '/v2/bookings', {
      ...{ eventTypeId: SCISSORS, start: berlin(workingDay(3), '10:15').toISOString(), allowConflicts: true },
      attendee: { name: 'Else Where', email: 'else@example.com', timeZone: 'Europe/Berlin' },
    });
    await sync();
    const run = calendarChangeWorkflowId(companyId, uid);
    const review = await openReviewOf(desk, run, 'calendar-conflict');
    await answer(desk, review.id, { action: 'dismiss' });
    await env.client.workflow.getHandle(run).result();
    await sync();
    expect(await driftsOf(uid, true)).toMatchObject([{ kind: 'unknown-here', outcome: 'conflict' }]);
    const asked = await desk.deps.db
      .selectFrom('reviews')
      .where('workflow_id', '=', run)
      .select('status')
      .execute();
    expect(asked).toEqual([{ status: 'answered' }]);
    await calendar.ask('POST', `/v2/bookings/${uid}/cancel`, { cancellationReason: 'double' });
    await sync();
    expect(await driftsOf(uid, true)).toEqual([]);
  });

  it('where both sides have changed, the calendar wins and the company is told once', async () => {
    const own = await bookByPhone(workingDay(2), '10:00');
    const uid = own.calcom_booking_uid!;
    const wait = { 'X-RateLimit-Reset-Default': '1' };
    await desk.fault({
      ...{ vendor: 'calcom', operation: 'bookings.reschedule' },
      ...{ mode: 'status', status: 429, headers: wait },
    });
    await desk.api('POST', `/api/appointments/${own.id}/reschedule`, {
      startsAt: berlin(workingDay(2), '14:00').toISOString(),
    });
    const [start, end] = [berlin(workingDay(2), '16:00'), berlin(workingDay(2), '16:45')].map((at) =>
      at.toISOString(),
    ) as [string, string];
    const there = { eventTypeId: SCISSORS, hostIds: [JONAS], metadata: { appointmentId: own.id } };
    const was = { start: own.starts_at.toISOString(), end: own.ends_at.toISOString() };
    await calendar.put({ ...there, ...was, uid, status: 'cancelled', rescheduledToUid: `${uid}-2` });
    await calendar.put({ ...there, start, end, uid: `${uid}-2`, rescheduledFromUid: uid });
    await sync();
    const report = await driftsOf(`${uid}-2`);
    expect(report.find(({ kind }) => kind === 'both-changed')).toMatchObject({
      outcome: 'calendar-won',
      told: 'sent',
      here: { startsAt: berlin(workingDay(2), '14:00').toISOString() },
      there: { startsAt: start },
    });
    await desk.clearFaults();
    await eventually('the calendar to win', async () => {
      const row = await appointment(own.id, 'booked');
      return row.starts_at.toISOString() === start ? row : undefined;
    });
    const requests = await eventually('both requests to be carried out', async () => {
      const shown = await desk.api('GET', `/api/appointments/${own.id}`);
      const all = shown.requests as { status: string }[];
      return all.every(({ status }) => status !== 'accepted') ? all : undefined;
    });
    expect(requests).toMatchObject([
      { kind: 'reschedule', status: 'refused', refusal: 'calendar-refused' },
      { kind: 'reschedule', status: 'done' },
    ]);
    const mails = await desk.ledger('smtp', 'mail.deliver');
    const toCompany = mails.filter(({ key }) => key?.startsWith('<drift-'));
    expect(toCompany).toHaveLength(1);
    expect(JSON.stringify(toCompany[0])).toContain('hallo@salon-lindgruen.example');
  });
});

describe('a key that the calendar refuses', () => {
  const standing = async () => {
    const filter = { companyId, kind: 'vendor-key-refused' as const, standing: true };
    return (await listAlerts(desk.deps.db, filter, { limit: 10, after: null })).items;
  };

  it('is an alert of that company alone, shown, and over with the next success', async () => {
    await desk.fault({ vendor: 'calcom', operation: 'bookings.list', mode: 'status', status: 401, count: 1 });
    const refused = await sync();
    expect(refused.last!.status).toBe('key-refused');
    await recordHistory(desk, bookingSyncWorkflowId(companyId), 'booking-sync-key-refused');
    expect(await standing()).toMatchObject([{ company: 'salon-lindgruen', entity: 'calcom' }]);
    expect((await sync('/api/companies/northside-dental')).last!.status).toBe('synced');
    expect(await standing()).toHaveLength(1);
    await desk.clearFaults();
    expect((await sync()).last!.status).toBe('synced');
    expect(await standing()).toEqual([]);
  });
});

describe('a sweep', () => {
  it('starts the comparison of every company that has a calendar', async () => {
    const id = `calendar-sweep-${desk.taskQueue}`;
    const swept = await env.client.workflow.execute('calendarSweep', {
      ...{ workflowId: id, taskQueue: desk.taskQueue, args: ['bookings'] },
    });
    expect(swept).toEqual({ status: 'swept', companies: 2 });
    await recordHistory(desk, id, 'calendar-sweep');
    const runs = await eventually('both companies to be compared', async () => {
      const rows = await desk.deps.db
        .selectFrom('calendar_sync_runs')
        .where('trigger', '=', 'schedule')
        .where('status', '=', 'synced')
        .selectAll()
        .execute();
      return rows.length === 2 ? rows : undefined;
    });
    expect(new Set(runs.map((run) => run.company_id)).size).toBe(2);
  });
});
