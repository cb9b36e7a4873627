import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import {
  answer,
  appointmentsOf,
  bookedAtCalendar,
  executedFor,
  notificationsOf,
  openReviewOf,
  recordHistory,
  runOf,
} from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { berlin, haircut, newCaller, workingDay } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, { settings: { REVIEW_WAIT_MS: '20000' } });
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** Books somebody else's meeting directly at Cal.com, as a visitor of the booking page would. */
async function bookElsewhere(eventTypeId: number, start: Date): Promise<void> {
  const response = await fetch(`${desk.emulatorsUrl}/calcom/v2/bookings`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer cal_live_lindgruen',
      'cal-api-version': '2026-02-25',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      eventTypeId,
      start: start.toISOString(),
      attendee: { name: 'Somebody Else', email: 'else@example.com', timeZone: 'Europe/Berlin' },
    }),
  });
  expect(response.status).toBe(201);
}

const refusal = { status: 'error', error: { code: 'BadRequestException', message: 'Attendee is banned' } };

describe('two who want the same', () => {
  it('get one booking and one offer, never a double booking', async () => {
    const wish = haircut(workingDay(), '10:30', { staff: 'Mara' });
    const callIds = await Promise.all(
      Array.from({ length: 4 }, () => desk.play({ from: newCaller(), wish })),
    );
    const calls = await Promise.all(callIds.map((id) => desk.settled(id)));
    expect(calls.map(({ outcome }) => outcome).sort()).toEqual([
      'alternatives-offered',
      'alternatives-offered',
      'alternatives-offered',
      'booked',
    ]);
    const lost = calls.findIndex(({ outcome }) => outcome === 'alternatives-offered');
    expect(calls[lost]!.outcome_detail).toMatchObject({ reason: 'taken' });
    const booked = await Promise.all(calls.map(({ id }) => bookedAtCalendar(desk, id)));
    expect(booked.flat()).toHaveLength(1);
    await recordHistory(desk, runOf(callIds[lost]!), 'lost-slot');
  });
});

describe('a slot that is gone in the calendar', () => {
  it('is booked with the next staff member who is free', async () => {
    const day = workingDay(1);
    const at = berlin(day, '10:00');
    await bookElsewhere(103, at);
    const call = await desk.settled(await desk.play({ from: newCaller(), wish: haircut(day, '10:00') }));
    expect(call.outcome).toBe('booked');
    const [appointment, ...others] = await appointmentsOf(desk, call.id);
    expect(others).toEqual([]);
    expect(appointment!.staff_email).not.toBe('aylin@salon-lindgruen.example');
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
  });

  it('is answered with alternatives when nobody else is left', async () => {
    const day = workingDay(1);
    await bookElsewhere(102, berlin(day, '14:00'));
    const wish = haircut(day, '14:00', { staff: 'Jonas' });
    const call = await desk.settled(await desk.play({ from: newCaller(), wish }));
    expect(call.outcome).toBe('alternatives-offered');
    const { alternatives } = call.outcome_detail as unknown as { alternatives: { startsAt: string }[] };
    expect(alternatives).toHaveLength(3);
    expect(alternatives.map(({ startsAt }) => startsAt)).not.toContain(berlin(day, '14:00').toISOString());
    const [appointment] = await appointmentsOf(desk, call.id);
    expect(appointment!.status).toBe('released');
  });
});

describe('a calendar that is down', () => {
  it('is waited for, and books once', async () => {
    await desk.fault({ vendor: 'calcom', operation: '*', mode: 'status', status: 503, count: 2 });
    const callId = await desk.play({ from: newCaller(), wish: haircut(workingDay(2), '10:00') });
    const call = await desk.settled(callId);
    expect(call.outcome).toBe('booked');
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
    await recordHistory(desk, runOf(callId), 'calendar-down-then-up');
  });

  it('and drops the connection before the booking is waited for, and books once', async () => {
    await desk.fault({ vendor: 'calcom', operation: 'bookings.create', mode: 'before', count: 1 });
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: haircut(workingDay(2), '11:00') }),
    );
    expect(call.outcome).toBe('booked');
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
  });

  it('and drops the connection after the booking is asked what it did, and books once', async () => {
    const fault = { vendor: 'calcom', operation: 'bookings.create', mode: 'executed-then-drop', count: 1 };
    await desk.fault(fault as Parameters<PhoneDesk['fault']>[0]);
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: haircut(workingDay(2), '12:00') }),
    );
    expect(call.outcome).toBe('booked');
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
    const [appointment] = await appointmentsOf(desk, call.id);
    expect(appointment!.calcom_booking_uid).toEqual(expect.any(String));
  });

  it('is not waited for any more once the run is cancelled, and the slot is free again', async () => {
    await desk.fault({ vendor: 'calcom', operation: '*', mode: 'status', status: 503 });
    const wish = haircut(workingDay(2), '15:00', { staff: 'Mara' });
    const callId = await desk.play({ from: newCaller(), wish });
    await eventually('the first attempt to fail', async () => {
      const { rows } = await desk.deps.pool.query(
        `SELECT 1 FROM effects WHERE vendor = 'calcom' AND status = 'retry'
           AND entity IN (SELECT a.id::text FROM appointments a JOIN calls c ON c.id = a.call_id
                          WHERE c.vendor_call_id = $1)`,
        [callId],
      );
      return rows[0];
    });
    const handle = env.client.workflow.getHandle(runOf(callId));
    await handle.cancel();
    const call = await desk.settled(callId);
    expect(call.outcome).toBe('cancelled');
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    const [appointment] = await appointmentsOf(desk, call.id);
    expect(appointment!.status).toBe('released');
    expect(await bookedAtCalendar(desk, call.id)).toEqual([]);
    await recordHistory(desk, runOf(callId), 'cancelled-mid-way');

    await desk.clearFaults();
    const next = await desk.settled(await desk.play({ from: newCaller(), wish }));
    expect(next.outcome).toBe('booked');
  });
});

describe('a run that is cancelled while the calendar answers', () => {
  const operation = 'bookings.create';
  const slowAnswer = () =>
    desk.fault({ vendor: 'calcom', operation, mode: 'delay', delayMs: 1_500, count: 1 });

  async function cancelledOnTheWay(callId: string) {
    await eventually('the request to be on its way', async () => {
      const { rows } = await desk.deps.pool.query(
        `SELECT 1 FROM effects WHERE operation = $2 AND status = 'intent'
           AND entity IN (SELECT a.id::text FROM appointments a JOIN calls c ON c.id = a.call_id
                          WHERE c.vendor_call_id = $1)`,
        [callId, operation],
      );
      return rows[0];
    });
    const handle = env.client.workflow.getHandle(runOf(callId));
    await handle.cancel();
    await handle.result().catch(() => {});
    return desk.settled(callId);
  }

  it('within its first task is cancelled too late: nothing is half done', async () => {
    await slowAnswer();
    const callId = await desk.play({ from: newCaller(), wish: haircut(workingDay(6), '15:00') });
    const call = await cancelledOnTheWay(callId);
    expect(call.outcome).toBe('booked');
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
    const [appointment] = await appointmentsOf(desk, call.id);
    expect(appointment!.status).toBe('booked');
    const { email, sms } = await notificationsOf(desk, appointment!.id);
    expect([email!.status, sms!.status]).toEqual(['sent', 'sent']);
  });

  it('later takes back what the answer has made true, and says nothing to the customer', async () => {
    await desk.fault({ vendor: 'calcom', operation: 'slots.reserve', mode: 'status', status: 503, count: 1 });
    await slowAnswer();
    const wish = haircut(workingDay(7), '15:00');
    const callId = await desk.play({ from: newCaller(), wish });
    const call = await cancelledOnTheWay(callId);
    expect(call.outcome).toBe('cancelled');
    const [appointment] = await appointmentsOf(desk, call.id);
    expect(appointment).toMatchObject({ status: 'released', calcom_booking_uid: null, counted_at: null });
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
    expect(await executedFor(desk, 'calcom', 'bookings.cancel', appointment!.id)).toHaveLength(1);
    const { email, sms } = await notificationsOf(desk, appointment!.id);
    expect([email, sms]).toMatchObject([
      { status: 'skipped', reason: 'booking-undone' },
      { status: 'skipped', reason: 'booking-undone' },
    ]);
    const { rows } = await desk.deps.pool.query(
      `SELECT booked, revenue_cents::int FROM booking_statistics
       WHERE company_id = $1 AND local_day = ($2::timestamptz AT TIME ZONE 'Europe/Berlin')::date`,
      [call.company_id, appointment!.starts_at],
    );
    expect(rows).toEqual([{ booked: 0, revenue_cents: 0 }]);
    await recordHistory(desk, runOf(callId), 'cancelled-while-booking');
  });
});

describe('a calendar that refuses the booking', () => {
  it('has the hold released and a person asked, who has it tried again', async () => {
    await desk.fault({
      vendor: 'calcom',
      operation: 'bookings.create',
      mode: 'status',
      status: 400,
      body: refusal,
      count: 1,
    });
    const callId = await desk.play({ from: newCaller(), wish: haircut(workingDay(3), '10:00') });
    const review = await openReviewOf(desk, runOf(callId), 'booking-failed');
    expect(review.question).toMatchObject({ status: 'calendar-refused' });
    const { id } = (await desk.deps.db
      .selectFrom('calls')
      .where('vendor_call_id', '=', callId)
      .select('id')
      .executeTakeFirst())!;
    expect((await appointmentsOf(desk, id)).map(({ status }) => status)).toEqual(['released']);
    await answer(desk, review.id, { action: 'retry' });
    expect((await desk.settled(callId)).outcome).toBe('booked');
    const appointments = await appointmentsOf(desk, id);
    expect(appointments.map(({ status }) => status).sort()).toEqual(['booked', 'released']);
    expect(await bookedAtCalendar(desk, id)).toHaveLength(1);
    await recordHistory(desk, runOf(callId), 'calendar-refuses');
  });

  it('ends as dismissed when the person gives it up', async () => {
    await desk.fault({
      vendor: 'calcom',
      operation: 'bookings.create',
      mode: 'status',
      status: 400,
      body: refusal,
      count: 1,
    });
    const callId = await desk.play({ from: newCaller(), wish: haircut(workingDay(3), '12:00') });
    const review = await openReviewOf(desk, runOf(callId), 'booking-failed');
    await answer(desk, review.id, { action: 'dismiss' });
    const call = await desk.settled(callId);
    expect(call.outcome).toBe('dismissed');
    expect(await bookedAtCalendar(desk, call.id)).toEqual([]);
  });
});

describe('a booking asked for by API', () => {
  it('is booked and confirmed', async () => {
    const startsAt = berlin(workingDay(4), '10:00').toISOString();
    const { appointmentId } = await desk.api('POST', '/api/bookings?company=salon-lindgruen', {
      service: 'haircut',
      startsAt,
      customer: { phone: newCaller(), name: 'Api Caller', email: 'api.caller@example.com' },
    });
    const id = String(appointmentId);
    const booking = await eventually('the booking to end', async () => {
      const view = await desk.api('GET', `/api/bookings/${id}`);
      return view.status === 'accepted' ? undefined : view;
    });
    expect(booking).toMatchObject({ status: 'booked', startsAt });
    expect(await executedFor(desk, 'calcom', 'bookings.create', id)).toHaveLength(1);
    await recordHistory(desk, `booking/${id}`, 'api-booking');
  });

  it('at a taken time is answered with alternatives', async () => {
    const startsAt = berlin(workingDay(4), '14:00').toISOString();
    const book = async () => {
      const { appointmentId } = await desk.api('POST', '/api/bookings?company=salon-lindgruen', {
        service: 'haircut',
        staff: 'mara@salon-lindgruen.example',
        startsAt,
        customer: { phone: newCaller() },
      });
      return eventually('the booking to end', async () => {
        const view = await desk.api('GET', `/api/bookings/${appointmentId}`);
        return view.status === 'accepted' ? undefined : view;
      });
    };
    expect((await book()).status).toBe('booked');
    const second = await book();
    expect(second.status).toBe('slot-lost');
    expect(second.alternatives).toHaveLength(3);
  });
});
