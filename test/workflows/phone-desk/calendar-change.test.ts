import { createHmac } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarChangeWorkflowId } from '../../../shared/ids.ts';
import {
  calendarChangeStart,
  calendarNewsSignal,
} from '../../../workflows/phone-desk/calendar-change/contract.ts';
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

const SECRET = 'calendar-secret-lindgruen';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let companyId: string;
let jonas: { id: string; eventTypeId: number };

const calendar: TestCalendar['ask'] = (...asked) => openCalendar(desk.emulatorsUrl).ask(...asked);

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, { settings: { REVIEW_WAIT_MS: '20000' } });
  const row = await desk.deps.db
    .selectFrom('event_types')
    .innerJoin('staff', 'staff.id', 'event_types.staff_id')
    .innerJoin('services', 'services.id', 'event_types.service_id')
    .where('staff.email', '=', 'jonas@salon-lindgruen.example')
    .where('services.slug', '=', 'haircut')
    .select(['staff.id', 'event_types.company_id', 'event_types.calcom_event_type_id'])
    .executeTakeFirstOrThrow();
  companyId = row.company_id;
  jonas = { id: row.id, eventTypeId: row.calcom_event_type_id };
  await calendar('POST', '/v2/webhooks', {
    active: true,
    subscriberUrl: `${desk.apiUrl}/api/webhooks/calcom?company=salon-lindgruen`,
    triggers: [
      ...['BOOKING_CREATED', 'BOOKING_RESCHEDULED', 'BOOKING_CANCELLED', 'BOOKING_REQUESTED'],
      ...['BOOKING_REJECTED', 'BOOKING_NO_SHOW_UPDATED'],
    ],
    secret: SECRET,
  });
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const bookElsewhere = (day: string, time: string, attendee: object = {}, more: object = {}) =>
  calendar('POST', '/v2/bookings', {
    eventTypeId: jonas.eventTypeId,
    start: berlin(day, time).toISOString(),
    attendee: { name: 'Else Where', email: 'else@example.com', timeZone: 'Europe/Berlin', ...attendee },
    ...more,
  });

const standing = (uid: string, what = {}) =>
  eventually(`an appointment of booking ${uid}`, async () => {
    const row = await desk.deps.db
      .selectFrom('appointments')
      .where('calcom_booking_uid', '=', uid)
      .selectAll()
      .executeTakeFirst();
    return row && Object.entries(what).every(([name, value]) => row[name as keyof typeof row] === value)
      ? row
      : undefined;
  });

async function bookByPhone(day: string, time: string) {
  const wish = haircut(day, time, { staff: 'Jonas' });
  const call = await desk.settled(await desk.play({ from: newCaller(), wish }));
  expect(call.outcome).toBe('booked');
  const [appointment] = await appointmentsOf(desk, call.id);
  return appointment!;
}

describe('a booking that somebody else made in the calendar', () => {
  it('becomes an appointment, follows its moves and ends with its cancellation', async () => {
    const { uid } = await bookElsewhere(workingDay(0), '10:00', { phoneNumber: newCaller() });
    const made = await standing(uid);
    expect(made).toMatchObject({
      source: 'calcom',
      status: 'booked',
      staff_id: jonas.id,
      starts_at: berlin(workingDay(0), '10:00'),
    });
    await recordHistory(desk, calendarChangeWorkflowId(companyId, uid), 'calendar-foreign-booking');

    const start = berlin(workingDay(0), '15:00').toISOString();
    const { uid: second } = await calendar('POST', `/v2/bookings/${uid}/reschedule`, { start });
    const moved = await standing(second);
    expect(moved).toMatchObject({ id: made.id, sequence: 1, starts_at: new Date(start) });

    await calendar('POST', `/v2/bookings/${second}/cancel`, { cancellationReason: 'ill' });
    const gone = await standing(second, { status: 'cancelled' });
    expect(gone.id).toBe(made.id);
    const cancelled = await eventually('the cancellation to be told', async () => {
      const { email } = await notificationsOf(desk, made.id, 'cancellation');
      return email?.status === 'sent' ? email : undefined;
    });
    expect(cancelled.sequence).toBe(2);
  });

  it('at a time that is given to another here is shown to a person', async () => {
    const own = await bookByPhone(workingDay(1), '10:00');
    const { uid } = await bookElsewhere(workingDay(1), '10:00', {}, { allowConflicts: true });
    const review = await openReviewOf(desk, calendarChangeWorkflowId(companyId, uid), 'calendar-conflict');
    expect(review.question).toMatchObject({ bookingUid: uid });
    await answer(desk, review.id, { action: 'dismiss' });
    const { status } = await env.client.workflow.getHandle(calendarChangeWorkflowId(companyId, uid)).result();
    expect(status).toBe('conflict');
    const rows = await desk.deps.db
      .selectFrom('appointments')
      .where('staff_id', '=', jonas.id)
      .where('starts_at', '=', own.starts_at)
      .select('id')
      .execute();
    expect(rows).toEqual([{ id: own.id }]);
  });
});

describe('a booking that a host has to accept', () => {
  const asked = async (time: string) => {
    const eventType = { id: 170, slug: 'haircut-on-request', title: 'Haarschnitt', lengthInMinutes: 45 };
    await desk.control('/_emulator/seed', {
      calcom: {
        eventTypes: [{ ...eventType, hosts: [101], teamSlug: 'salon-lindgruen', requiresConfirmation: true }],
      },
    });
    await desk.deps.db
      .updateTable('event_types')
      .set({ calcom_event_type_id: 170 })
      .where('calcom_event_type_id', '=', jonas.eventTypeId)
      .execute();
    const { uid } = await bookElsewhere(workingDay(4), time, {}, { eventTypeId: 170 });
    const run = calendarChangeWorkflowId(companyId, uid);
    const looked = await eventually('the run that looks at it', () =>
      env.client.workflow
        .getHandle(run)
        .result()
        .catch(() => undefined),
    );
    expect(looked).toEqual({ status: 'ignored' });
    return uid;
  };
  afterEach(() =>
    desk.deps.db
      .updateTable('event_types')
      .set({ calcom_event_type_id: jonas.eventTypeId })
      .where('calcom_event_type_id', '=', 170)
      .execute(),
  );

  it('is an appointment once it is accepted', async () => {
    const uid = await asked('10:00');
    await calendar('POST', `/v2/bookings/${uid}/confirm`);
    expect(await standing(uid)).toMatchObject({ status: 'booked', source: 'calcom' });
  });

  it('and is none when it is declined', async () => {
    const uid = await asked('14:00');
    await calendar('POST', `/v2/bookings/${uid}/decline`, { reason: 'on holiday' });
    const { length } = await eventually('the webhooks to be handed over', async () => {
      const rows = await desk.deps.db
        .selectFrom('inbox_events')
        .where('entity', '=', calendarChangeWorkflowId(companyId, uid))
        .where('status', '=', 'done')
        .select('event_type')
        .execute();
      return rows.length === 2 ? rows : undefined;
    });
    expect(length).toBe(2);
    const rows = await desk.deps.db
      .selectFrom('appointments')
      .where('calcom_booking_uid', '=', uid)
      .select('id')
      .execute();
    expect(rows).toEqual([]);
  });
});

describe('an appointment of ours', () => {
  it('to which the customer did not come is marked, and unmarked', async () => {
    const { uid } = await bookElsewhere(workingDay(5), '12:00');
    await standing(uid);
    const mark = (absent: boolean) =>
      calendar('POST', `/v2/bookings/${uid}/mark-absent`, {
        attendees: [{ email: 'else@example.com', absent }],
      });
    await mark(true);
    await eventually('the mark', async () => (await standing(uid)).no_show_at ?? undefined);
    await mark(false);
    await eventually('the mark to go', async () => ((await standing(uid)).no_show_at ? undefined : true));
  });

  it('is recognised in the calendar: its own webhook changes nothing', async () => {
    const own = await bookByPhone(workingDay(2), '10:00');
    const run = calendarChangeWorkflowId(companyId, own.calcom_booking_uid!);
    const result = await eventually('the webhook of our own booking to be looked at', () =>
      env.client.workflow
        .getHandle(run)
        .result()
        .catch(() => undefined),
    );
    expect(['unchanged', 'under-way']).toContain(result.status);
    const rows = await desk.deps.db
      .selectFrom('appointments')
      .where('staff_id', '=', jonas.id)
      .where('starts_at', '=', own.starts_at)
      .selectAll()
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('that is moved and cancelled in the calendar goes along, and the customer is told', async () => {
    const own = await bookByPhone(workingDay(3), '10:00');
    const start = berlin(workingDay(3), '16:00').toISOString();
    const uid = own.calcom_booking_uid!;
    const { uid: second } = await calendar('POST', `/v2/bookings/${uid}/reschedule`, { start });
    const moved = await standing(second);
    expect(moved).toMatchObject({ id: own.id, starts_at: new Date(start) });
    await eventually('the move to be told', async () => {
      const { email } = await notificationsOf(desk, own.id, 'rescheduled');
      return email?.status === 'sent' ? email : undefined;
    });
    await calendar('POST', `/v2/bookings/${second}/cancel`, { cancellationReason: 'ill' });
    await standing(second, { status: 'cancelled' });
    const told = await eventually('the cancellation to be told', async () => {
      const { email } = await notificationsOf(desk, own.id, 'cancellation');
      return email?.status === 'sent' ? email : undefined;
    });
    expect(told.status).toBe('sent');
  });
});

describe('a webhook of the calendar', () => {
  it('about a company that was deleted meanwhile is looked at by nobody', async () => {
    const gone = { companyId: '00000000-0000-4000-8000-000000000000', bookingUid: 'any' };
    await desk.deps.starter.startOrSignal(calendarChangeStart(gone), calendarNewsSignal);
    const handle = env.client.workflow.getHandle(calendarChangeWorkflowId(gone.companyId, 'any'));
    expect(await handle.result()).toEqual({ status: 'ignored' });
  });

  it('told late, twice and in the wrong order changes nothing of what stands', async () => {
    const own = await bookByPhone(workingDay(5), '14:00');
    const uids = [own.calcom_booking_uid!];
    for (const time of ['16:00', '10:00']) {
      const start = berlin(workingDay(5), time).toISOString();
      uids.push((await calendar('POST', `/v2/bookings/${uids.at(-1)}/reschedule`, { start })).uid);
    }
    const last = uids.at(-1)!;
    const tell = (uid: string, nth: number) =>
      post({ triggerEvent: 'BOOKING_RESCHEDULED', createdAt: `2026-11-23T10:00:0${nth}Z`, payload: { uid } });
    await Promise.all([...uids.toReversed(), ...uids].map(tell));
    await standing(last, { status: 'booked' });
    await desk.api('POST', `/api/appointments/${own.id}/cancel`, {});
    await Promise.all([...uids, ...uids].map((uid, nth) => tell(uid, nth)));
    await standing(last, { status: 'cancelled' });
    const cancels = await eventually('the calendar to be told', async () => {
      const rows = await desk.ledger('calcom', 'bookings.cancel');
      const ours = rows.filter(({ request }) => uids.includes((request as { uid: string }).uid));
      return ours.length > 0 ? ours : undefined;
    });
    expect(cancels).toHaveLength(1);
    const failed = await desk.deps.db.selectFrom('failed_runs').selectAll().execute();
    expect(failed).toEqual([]);
  });

  const post = (
    body: object | string,
    options: { company?: string; secret?: string; header?: string } = {},
  ) => {
    const { company = 'salon-lindgruen', secret = SECRET } = options;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const header = options.header ?? createHmac('sha256', secret).update(text).digest('hex');
    return fetch(`${desk.apiUrl}/api/webhooks/calcom?company=${company}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-cal-signature-256': header },
      body: text,
    });
  };
  const event = {
    triggerEvent: 'BOOKING_CREATED',
    createdAt: '2026-11-23T10:00:00Z',
    payload: { uid: 'none' },
  };

  it.each([
    ['another company’s secret', { secret: 'calendar-secret-northside' }],
    ['a company that does not exist', { company: 'nobody' }],
    ['a subscription without a secret', { header: 'no-secret-provided' }],
    ['a signature that is none', { header: 'sha256=abc' }],
  ])('signed with %s is refused, and nothing is kept', async (_what, options) => {
    const body = { ...event, payload: { uid: `refused-${_what.length}` } };
    expect((await post(body, options)).status).toBe(401);
    const kept = await desk.deps.db
      .selectFrom('inbox_events')
      .where('event_key', 'like', `%refused-${_what.length}%`)
      .selectAll()
      .execute();
    expect(kept).toEqual([]);
  });

  it('about a booking that the calendar does not have is ignored by its run', async () => {
    expect((await post(event)).status).toBe(204);
    const handle = env.client.workflow.getHandle(calendarChangeWorkflowId(companyId, 'none'));
    const result = await eventually('the run', () => handle.result().catch(() => undefined));
    expect(result).toEqual({ status: 'ignored' });
  });

  it('that is a test, of an unknown type or without JSON starts nothing', async () => {
    const test = { ...event, payload: { uid: 'test-uid', type: 'Test' } };
    expect((await post(test)).status).toBe(204);
    expect((await post({ ...event, triggerEvent: 'SOMETHING_NEW' })).status).toBe(204);
    const ping = {
      triggerEvent: 'PING',
      createdAt: event.createdAt,
      payload: { type: 'Test', title: 'Test' },
    };
    expect((await post(ping)).status).toBe(204);
    expect((await post('{')).status).toBe(400);
    expect((await post({ triggerEvent: '' })).status).toBe(204);
  });

  it('is taken under a new secret within a second, and under the one before for a day', async () => {
    const changed = 'another-secret-of-lindgruen';
    const path = '/api/companies/salon-lindgruen/calendar-webhook-secret';
    const answer = await desk.api('POST', path, { secret: changed });
    expect(JSON.stringify(answer)).not.toContain(changed);
    const body = (uid: string) => ({ ...event, payload: { uid } });
    const taken = async () =>
      (await post(body('new-1'), { secret: changed })).status === 204 ? true : undefined;
    await eventually('the new secret to be taken', taken, 3_000);
    expect((await post(body('old-1'))).status).toBe(204);
    await desk.deps.db
      .updateTable('companies')
      .set({ calcom_webhook_secret_changed_at: new Date(Date.now() - 25 * 3_600_000) })
      .where('id', '=', companyId)
      .execute();
    await eventually('the old secret to be forgotten', async () => {
      const wrong = await post(body('new-2'), { secret: 'none of them' });
      expect(wrong.status).toBe(401);
      return (await post(body('old-2'))).status === 401 ? true : undefined;
    });
    expect((await post(body('new-3'), { secret: changed })).status).toBe(204);
  });
});
