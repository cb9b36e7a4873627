import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileNotification } from '../../../activities/phone-desk/appointment/file-notification.ts';
import { appointmentWorkflowId } from '../../../shared/ids.ts';
import type { Channel, NotificationKind } from '../../../shared/messages/channels.ts';
import type { Unsettled } from '../../../shared/messages/send-each-once.ts';
import { localDate, resolveLocal } from '../../../shared/time.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { notificationsOf, recordHistory } from '../../support/stories.ts';
import { createTimeSkipping } from '../../support/temporal.ts';
import { toldCustomers } from '../../support/told-customers.ts';
import { berlin } from '../../support/wishes.ts';

const HOUR_MS = 3_600_000;
const ZONE = 'Europe/Berlin';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let aheadMs = 0;
/** When a message was tried, by the server's clock. */
let tried: { step: string; at: Date }[] = [];
/** The database's clock does not skip: from then on its limits have forgotten what was before. */
let limitsForgetAt: Date | null = null;

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
                if (limitsForgetAt && clock() >= limitsForgetAt) {
                  await desk.deps.db.deleteFrom('limit_grants').execute();
                }
                if (info.activityType.startsWith('send'))
                  tried.push({ step: info.activityType, at: clock() });
                return next(input);
              },
            },
          }),
        ],
      },
    },
  });
});
beforeEach(() => {
  tried = [];
  limitsForgetAt = null;
});
afterEach(async () => {
  await desk.clearFaults();
  await desk.deps.db.updateTable('companies').set({ quiet_hours: null }).execute();
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** An appointment of a customer with this order of channels. */
async function booked(startsAt: Date, channels: Channel[]) {
  aheadMs = (await env.currentTimeMs()) - Date.now();
  return toldCustomers(desk).booked(channels, startsAt);
}

/** Files a message and lets the appointment's run send it, as after a call. */
async function live(about: { appointmentId: string; companyId: string }, kind: NotificationKind) {
  const { appointmentId, companyId } = about;
  const filed = await fileNotification(desk.deps, appointmentId, kind);
  const unsettled: Unsettled[] = filed.map((message) => ({ ...message, state: 'waiting' }));
  const handle = await env.client.workflow.start('appointmentLife', {
    workflowId: appointmentWorkflowId(appointmentId),
    taskQueue: desk.taskQueue,
    args: [{ appointmentId, companyId, unsettled }],
  });
  expect(await handle.result()).toEqual({ status: 'completed' });
}

const near = (at: Date) => ({
  asymmetricMatch: (other: unknown) =>
    other instanceof Date && Math.abs(other.getTime() - at.getTime()) < 120_000,
});

describe('a message of an appointment', () => {
  it('goes on by the next channel of the customer within the same run', async () => {
    await desk.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'status',
      status: 400,
      body: { code: 21_614, message: 'not a mobile number', status: 400 },
    });
    const about = await booked(berlin('2027-03-10', '10:00'), ['sms', 'email']);
    await live(about, 'confirmation');
    const { email, sms } = await notificationsOf(desk, about.appointmentId);
    expect(sms).toMatchObject({ status: 'failed', reason: '21614' });
    expect(email).toMatchObject({ status: 'sent', switched_from: sms!.id });
    // The number is known to be no mobile number by then.
    const reminder = await notificationsOf(desk, about.appointmentId, 'reminder-24h');
    expect([reminder.sms!.reason, reminder.email!.status]).toEqual(['bad-address', 'sent']);
    await recordHistory(desk, appointmentWorkflowId(about.appointmentId), 'message-switched');
  });

  it('waits for the end of quiet hours, longer than any attempt may last', async () => {
    await desk.deps.db.updateTable('companies').set({ quiet_hours: '18:00-10:00' }).execute();
    const now = new Date(await env.currentTimeMs());
    // From an evening on: sixteen hours lie before the end of the quiet hours.
    const evening = resolveLocal(localDate(new Date(now.getTime() + 24 * HOUR_MS), ZONE), '18:05', ZONE);
    if (evening.kind !== 'exact') throw new Error('a clock change at 18:05');
    await env.sleep(evening.at.getTime() - now.getTime());
    const about = await booked(new Date(evening.at.getTime() + 72 * HOUR_MS), ['sms']);
    await live(about, 'confirmation');
    const { sms } = await notificationsOf(desk, about.appointmentId);
    expect(sms).toMatchObject({ status: 'sent', held_until: null });
    const end = new Date(evening.at.getTime() + 16 * HOUR_MS - 5 * 60_000);
    expect(tried.filter(({ at }) => at < new Date(end.getTime() + HOUR_MS)).at(-1)).toEqual({
      step: 'sendSms',
      at: near(end),
    });
    await recordHistory(desk, appointmentWorkflowId(about.appointmentId), 'message-held');
  });

  it('waits for its turn when the customer’s SMS of the day are used up: a day, and is not dropped', async () => {
    const about = await booked(new Date((await env.currentTimeMs()) + 96 * HOUR_MS), ['sms']);
    const limits = await desk.deps.db
      .selectFrom('companies')
      .where('id', '=', about.companyId)
      .select('limits')
      .executeTakeFirstOrThrow();
    expect(limits.limits.smsPerDayPerCustomer).toBeUndefined();
    const now = new Date();
    await desk.deps.db
      .insertInto('limit_grants')
      .values(
        Array.from({ length: 50 }, (_, index) => ({
          limit_key: `sms:${about.customerId}`,
          holder: `earlier-${index}`,
          granted_at: now,
          used_at: now,
        })),
      )
      .execute();
    const start = new Date(await env.currentTimeMs());
    limitsForgetAt = new Date(start.getTime() + 24 * HOUR_MS - 60_000);
    await live(about, 'confirmation');
    expect((await notificationsOf(desk, about.appointmentId)).sms!.status).toBe('sent');
    const attempts = tried.filter(({ at }) => at.getTime() < start.getTime() + 30 * HOUR_MS);
    expect(attempts.at(-1)!.at).toEqual(near(new Date(start.getTime() + 24 * HOUR_MS)));
  });
});
