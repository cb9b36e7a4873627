import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import { insertAppointmentRequest } from '../../../db/phone-desk/appointment/appointment-requests.ts';
import { readAppointment } from '../../../db/phone-desk/booking/booking.ts';
import { findOrCreateCustomer } from '../../../db/phone-desk/people.ts';
import { appointmentWorkflowId } from '../../../shared/ids.ts';
import {
  type AppointmentInput,
  appointmentChangedSignal,
  appointmentStart,
} from '../../../workflows/phone-desk/appointment/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { executedFor, notificationsOf, recordHistory } from '../../support/stories.ts';
import { createTimeSkipping } from '../../support/temporal.ts';
import { berlin, newCaller } from '../../support/wishes.ts';

const HOUR_MS = 3_600_000;
const TOLERANCE_MS = 60_000;

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
/** How far the server's clock is ahead of ours. */
let aheadMs = 0;
/** What was filed to be said, and when by the server's clock. */
let filed: { appointmentId: string; kind: string; at: number }[] = [];

const clock = () => new Date(Date.now() + aheadMs);

beforeAll(async () => {
  env = await createTimeSkipping();
  desk = await openPhoneDesk(env, {
    overrides: { clock },
    worker: {
      interceptors: {
        activity: [
          ({ info }) => ({
            inbound: {
              async execute(input, next) {
                aheadMs = (await env.currentTimeMs()) - Date.now();
                const [appointmentId, kind] = input.args as [string, string];
                // The breaker rests by the database's clock, which does not skip.
                await desk.deps.db.deleteFrom('circuit_breakers').execute();
                if (info.activityType === 'fileNotification')
                  filed.push({ appointmentId, kind, at: clock().getTime() });
                return next(input);
              },
            },
          }),
        ],
      },
    },
  });
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** A booked haircut with Jonas, as the booking chain leaves it. */
async function booked(
  startsAt: Date,
  timeZone = 'Europe/Berlin',
): Promise<{ appointmentId: string; companyId: string }> {
  aheadMs = (await env.currentTimeMs()) - Date.now();
  const { db, vault } = desk.deps;
  const { id: serviceId, company_id: companyId } = await db
    .selectFrom('services')
    .where('slug', '=', 'haircut')
    .selectAll()
    .executeTakeFirstOrThrow();
  const { id: staffId } = await db
    .selectFrom('staff')
    .where('email', '=', 'jonas@salon-lindgruen.example')
    .select('id')
    .executeTakeFirstOrThrow();
  const { customerId } = await findOrCreateCustomer(db, vault, {
    companyId,
    phoneE164: newCaller(),
    phoneIsMobile: true,
    name: 'Lena Hoffmann',
    email: 'lena.hoffmann@example.com',
    timeZone,
    locale: 'de-DE',
  });
  const appointmentId = randomUUID();
  const steps = createBookingActivities(desk.deps);
  const slot = { serviceId, staffId, startsAt: startsAt.toISOString() };
  const input = { appointmentId, companyId, customerId, callId: null, source: 'api' as const, ...slot };
  expect(await steps.holdAppointment(input, [])).toMatchObject({ status: 'held' });
  const { uid } = await steps.createCalcomBooking(appointmentId);
  await steps.confirmAppointment(appointmentId, uid);
  filed = [];
  return { appointmentId, companyId };
}

/** Starts the life; the server's clock stands still until somebody waits for a result. */
const live = (about: Omit<AppointmentInput, 'unsettled'>, unsettled: AppointmentInput['unsettled'] = []) =>
  env.client.workflow.start('appointmentLife', {
    workflowId: appointmentWorkflowId(about.appointmentId),
    taskQueue: desk.taskQueue,
    args: [{ ...about, unsettled }],
  });

async function request(
  appointmentId: string,
  kind: 'cancel' | 'reschedule',
  startsAt: Date | null = null,
): Promise<string> {
  const id = randomUUID();
  await insertAppointmentRequest(desk.deps.db, { id, appointmentId, kind, startsAt, reason: null });
  await env.client.workflow.getHandle(appointmentWorkflowId(appointmentId)).signal(appointmentChangedSignal);
  return id;
}

const requestRow = (id: string) =>
  desk.deps.db.selectFrom('appointment_requests').where('id', '=', id).selectAll().executeTakeFirstOrThrow();

/** Lets the time pass until the moment, by the server's clock. */
async function passUntil(at: Date): Promise<void> {
  await env.sleep(at.getTime() - (await env.currentTimeMs()));
}

function expectFiled(kind: string, at: Date): void {
  const times = filed.filter((one) => one.kind === kind).map((one) => one.at);
  expect(times).toHaveLength(1);
  expect(Math.abs(times[0]! - at.getTime())).toBeLessThan(TOLERANCE_MS);
}

/** The calendar file of a mail, as the customer's program gets it. */
async function calendarFileOf(notificationId: string): Promise<string> {
  const [row] = await executedFor(desk, 'smtp', 'mail.deliver', notificationId);
  const { id } = row!.response as { id: string };
  const source = await (await fetch(`${desk.emulatorsUrl}/mail/messages/${id}/raw`)).text();
  const encoded = /Content-Type: text\/calendar[\s\S]*?\r?\n\r?\n([\s\S]*?)\r?\n--/.exec(source)?.[1] ?? '';
  return encoded.includes('BEGIN:VCALENDAR') ? encoded : Buffer.from(encoded, 'base64').toString();
}

describe('the life of an appointment', () => {
  it('reminds a day and two hours before, on the wall clock, and completes', async () => {
    // The first Monday of summer time.
    const first = await booked(berlin('2027-03-29', '10:00'));
    const handle = await live(first);
    expect(await handle.result()).toEqual({ status: 'completed' });
    expectFiled('reminder-24h', berlin('2027-03-28', '10:00'));
    expectFiled('reminder-2h', berlin('2027-03-29', '08:00'));
    for (const kind of ['reminder-24h', 'reminder-2h']) {
      const { email, sms } = await notificationsOf(desk, first.appointmentId, kind);
      expect([email!.status, sms!.status]).toEqual(['sent', 'sent']);
    }
    expect((await readAppointment(desk.deps.db, first.appointmentId))!.status).toBe('completed');
    await recordHistory(desk, appointmentWorkflowId(first.appointmentId), 'appointment-completed');
  });

  it('reminds at the same hour on the customer’s clock when that clock changes in the night between', async () => {
    // Cairo puts its clocks forward in the night to Friday, 30 April 2027: 23 hours lie between the two noons.
    const startsAt = berlin('2027-04-30', '11:00');
    const about = await booked(startsAt, 'Africa/Cairo');
    const handle = await live(about);
    expect(await handle.result()).toEqual({ status: 'completed' });
    expectFiled('reminder-24h', new Date(startsAt.getTime() - 23 * HOUR_MS));
  });

  it('gives a confirmation up after twelve hours without a mail server, and goes on', async () => {
    const about = await booked(berlin('2027-05-12', '14:00'));
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'status', status: 421 });
    const { email } = await notificationsOf(desk, about.appointmentId);
    const handle = await live(about, [{ id: email!.id, channel: 'email', state: 'waiting' }]);
    await passUntil(new Date((await env.currentTimeMs()) + 13 * HOUR_MS));
    await desk.clearFaults();
    expect((await notificationsOf(desk, about.appointmentId)).email).toMatchObject({
      status: 'failed',
      reason: 'too-late',
    });
    expect(await handle.result()).toEqual({ status: 'completed' });
    expect(await executedFor(desk, 'smtp', 'mail.deliver', email!.id)).toEqual([]);
    expect((await notificationsOf(desk, about.appointmentId, 'reminder-24h')).email!.status).toBe('sent');
  });

  it('sends what its booking left to be sent, also when a change had woken it before', async () => {
    const about = await booked(berlin('2027-06-16', '14:00'));
    const { email } = await notificationsOf(desk, about.appointmentId);
    // The change came in between the calendar's yes and the end of the booking.
    const handle = await live(about);
    const later = appointmentStart({
      ...about,
      unsettled: [{ id: email!.id, channel: 'email', state: 'waiting' }],
    });
    // The step that starts it may be carried out twice.
    expect([await desk.deps.starter.start(later), await desk.deps.starter.start(later)]).toEqual([
      false,
      false,
    ]);
    expect(await handle.result()).toEqual({ status: 'completed' });
    expect(await executedFor(desk, 'smtp', 'mail.deliver', email!.id)).toHaveLength(1);
    expect((await notificationsOf(desk, about.appointmentId)).email!.status).toBe('sent');
    await recordHistory(desk, appointmentWorkflowId(about.appointmentId), 'appointment-woken-early');
  });

  it('is cancelled on request: no reminder, no booking, and the customer’s calendar is told', async () => {
    const about = await booked(berlin('2027-12-06', '11:00'));
    const handle = await live(about);
    const id = await request(about.appointmentId, 'cancel');
    expect(await handle.result()).toEqual({ status: 'cancelled' });
    expect(filed.map(({ kind }) => kind)).toEqual(['cancellation']);
    expect(await requestRow(id)).toMatchObject({ status: 'done', refusal: null });
    const appointment = (await readAppointment(desk.deps.db, about.appointmentId))!;
    expect(appointment.status).toBe('cancelled');
    const calcom = await desk.deps.calcom(about.companyId);
    expect((await calcom.getBooking(appointment.calcom_booking_uid!)).status).toBe('cancelled');
    const { email } = await notificationsOf(desk, about.appointmentId, 'cancellation');
    expect(email!.status).toBe('sent');
    expect(await calendarFileOf(email!.id)).toContain('METHOD:CANCEL');
    await recordHistory(desk, appointmentWorkflowId(about.appointmentId), 'appointment-cancelled');
  });

  it('is cancelled between its reminders, and the second is not sent', async () => {
    const startsAt = berlin('2027-12-07', '11:00');
    const about = await booked(startsAt);
    const handle = await live(about);
    await passUntil(new Date(startsAt.getTime() - 20 * HOUR_MS));
    await request(about.appointmentId, 'cancel');
    expect(await handle.result()).toEqual({ status: 'cancelled' });
    expect(filed.map(({ kind }) => kind)).toEqual(['reminder-24h', 'cancellation']);
  });

  it('moves on request, and its reminders with it', async () => {
    const from = berlin('2027-12-09', '11:00');
    const to = berlin('2027-12-13', '15:00');
    const about = await booked(from);
    const before = (await readAppointment(desk.deps.db, about.appointmentId))!;
    const handle = await live(about);
    const id = await request(about.appointmentId, 'reschedule', to);
    expect(await handle.result()).toEqual({ status: 'completed' });
    expect(await requestRow(id)).toMatchObject({ status: 'done', refusal: null });
    const after = (await readAppointment(desk.deps.db, about.appointmentId))!;
    expect(after).toMatchObject({ starts_at: to, sequence: 1 });
    expect(after.calcom_booking_uid).not.toBe(before.calcom_booking_uid);
    expect(filed.map(({ kind }) => kind)).toEqual(['rescheduled', 'reminder-24h', 'reminder-2h']);
    expectFiled('reminder-24h', berlin('2027-12-12', '15:00'));
    expectFiled('reminder-2h', berlin('2027-12-13', '13:00'));
    const { email } = await notificationsOf(desk, about.appointmentId, 'rescheduled');
    const file = await calendarFileOf(email!.id);
    expect(file).toContain('METHOD:REQUEST');
    expect(file).toContain('SEQUENCE:1');
    await recordHistory(desk, appointmentWorkflowId(about.appointmentId), 'appointment-moved');
  });

  it('stays where it is when the wished time is taken', async () => {
    const at = berlin('2027-12-16', '11:00');
    const taken = berlin('2027-12-16', '15:00');
    await booked(taken);
    const about = await booked(at);
    const before = (await readAppointment(desk.deps.db, about.appointmentId))!;
    const handle = await live(about);
    const id = await request(about.appointmentId, 'reschedule', taken);
    expect(await handle.result()).toEqual({ status: 'completed' });
    expect(await requestRow(id)).toMatchObject({ status: 'refused', refusal: 'taken' });
    const after = (await readAppointment(desk.deps.db, about.appointmentId))!;
    expect(after).toMatchObject({
      starts_at: at,
      sequence: 0,
      calcom_booking_uid: before.calcom_booking_uid,
    });
    expectFiled('reminder-24h', berlin('2027-12-15', '11:00'));
  });

  it('stays where it is when the wished time is outside of working hours', async () => {
    const at = berlin('2027-12-20', '11:00');
    const about = await booked(at);
    const handle = await live(about);
    const id = await request(about.appointmentId, 'reschedule', berlin('2027-12-20', '22:00'));
    await handle.result();
    expect(await requestRow(id)).toMatchObject({ status: 'refused', refusal: 'outside-working-hours' });
    expect((await readAppointment(desk.deps.db, about.appointmentId))!.starts_at).toEqual(at);
  });

  it('sends no reminder whose time was over when it was booked', async () => {
    const startsAt = berlin('2027-12-22', '11:00');
    await passUntil(new Date(startsAt.getTime() - 5 * HOUR_MS));
    const about = await booked(startsAt);
    const handle = await live(about);
    expect(await handle.result()).toEqual({ status: 'completed' });
    expect(filed.map(({ kind }) => kind)).toEqual(['reminder-2h']);
    expectFiled('reminder-2h', berlin('2027-12-22', '09:00'));
  });
});
