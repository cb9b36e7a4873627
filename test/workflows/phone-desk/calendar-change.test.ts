import { createHmac } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarChangeWorkflowId } from '../../../shared/ids.ts';
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

/** Asks the calendar as the company's own people do. */
async function calendar(method: string, path: string, body?: object) {
  const version = path.startsWith('/v2/bookings') ? '2026-02-25' : '2024-06-14';
  const response = await fetch(`${desk.emulatorsUrl}/calcom${path}`, {
    method,
    headers: {
      authorization: 'Bearer cal_live_lindgruen',
      'cal-api-version': version,
      'content-type': 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answered = (await response.json()) as { data: { uid: string } };
  expect(response.ok, JSON.stringify(answered)).toBe(true);
  return answered.data;
}

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
    triggers: ['BOOKING_CREATED', 'BOOKING_RESCHEDULED', 'BOOKING_CANCELLED'],
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

describe('an appointment of ours', () => {
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
    expect((await post('{')).status).toBe(400);
    expect((await post({ triggerEvent: '' })).status).toBe(204);
  });
});
