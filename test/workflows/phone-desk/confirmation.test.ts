import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { appointmentStart } from '../../../workflows/phone-desk/appointment/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { answer, appointmentsOf, executedFor, notificationsOf, openReviewOf } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { haircut, newCaller, workingDay } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** Books by phone and returns the ids of what was to be said. */
async function book(day: string, time: string, email = 'lena.hoffmann@example.com') {
  const call = await desk.settled(
    await desk.play({ from: newCaller(), wish: haircut(day, time, { customer_email: email }) }),
  );
  expect(call.outcome).toBe('booked');
  const [appointment] = await appointmentsOf(desk, call.id);
  return appointment!;
}

async function sent(appointmentId: string) {
  const { email, sms } = await notificationsOf(desk, appointmentId);
  const reference = sms!.id.replaceAll('-', '').slice(0, 12);
  return {
    email: email!,
    sms: sms!,
    mails: await executedFor(desk, 'smtp', 'mail.deliver', email!.id),
    messages: await executedFor(desk, 'twilio', 'messages.create', reference),
  };
}

describe('a confirmation', () => {
  it('that the mail server refuses for good leaves the booking and the SMS alone', async () => {
    await desk.control('/_emulator/seed', {
      smtp: { recipients: { 'nobody@example.com': { status: 550, reply: '5.1.1 No such user' } } },
    });
    const appointment = await book(workingDay(), '10:00', 'nobody@example.com');
    const { email, sms, mails, messages } = await sent(appointment.id);
    expect(email).toMatchObject({ status: 'failed', reason: expect.stringContaining('550') });
    expect(sms.status).toBe('sent');
    expect(mails).toEqual([]);
    expect(messages).toHaveLength(1);
    expect(appointment.status).toBe('booked');
  });

  it('whose SMS fails is not mailed again', async () => {
    await desk.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'status',
      status: 400,
      body: { code: 21_610, message: 'Attempt to send to unsubscribed recipient', status: 400 },
      count: 1,
    });
    const appointment = await book(workingDay(), '12:00');
    const { email, sms, mails, messages } = await sent(appointment.id);
    expect(sms.status).toBe('failed');
    expect(email.status).toBe('sent');
    expect(mails).toHaveLength(1);
    expect(messages).toEqual([]);
  });

  it('whose SMS was sent but not acknowledged is looked up and not sent again', async () => {
    await desk.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    const appointment = await book(workingDay(), '15:00');
    const { mails, messages } = await eventually('both to be sent', async () => {
      const now = await sent(appointment.id);
      return now.email.status === 'sent' && now.sms.status === 'sent' ? now : undefined;
    });
    expect(messages).toHaveLength(1);
    expect(mails).toHaveLength(1);
  });
});

describe('a confirmation that cannot be sent at once', () => {
  it('holds up neither the call nor the SMS, and goes out by the appointment’s own run', async () => {
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'status', status: 421, count: 1 });
    const appointment = await book(workingDay(2), '11:00');
    expect((await sent(appointment.id)).sms.status).toBe('sent');
    const later = await eventually('the mail to be sent', async () => {
      const now = await sent(appointment.id);
      return now.email.status === 'sent' ? now : undefined;
    });
    expect(later.mails).toHaveLength(1);
    expect(later.messages).toHaveLength(1);
  });
});

describe('a confirmation that is left to be sent when the appointment’s run is there already', () => {
  const left = async (time: string, status: number) => {
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'status', status });
    const appointment = await book(workingDay(3), time);
    const { email } = await sent(appointment.id);
    const start = appointmentStart({
      appointmentId: appointment.id,
      companyId: appointment.company_id,
      unsettled: [{ id: email.id, channel: 'email', state: 'waiting' }],
    });
    return { appointment, start };
  };

  it('goes out by it when that run is over', async () => {
    const { appointment, start } = await left('10:00', 421);
    const handle = env.client.workflow.getHandle(start.workflowId);
    await handle.terminate('as if it had ended before the booking did');
    await desk.clearFaults();
    expect(await desk.deps.starter.start(start)).toBe(false);
    const { mails } = await eventually('the mail to be sent', async () => {
      const now = await sent(appointment.id);
      return now.email.status === 'sent' ? now : undefined;
    });
    expect(mails).toHaveLength(1);
  });

  it('is not a reason to start what is over again when nothing is left', async () => {
    const { start } = await left('12:00', 550);
    const { tellsExisting, ...nothingLeft } = start;
    const handle = env.client.workflow.getHandle(start.workflowId);
    await handle.terminate('over');
    expect(await desk.deps.starter.start(nothingLeft)).toBe(false);
    expect((await handle.describe()).status.name).toBe('TERMINATED');
  });
});

describe('a mail of which nobody knows whether it went out', () => {
  async function unknownMail(time: string) {
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'executed-then-drop', count: 1 });
    const appointment = await book(workingDay(1), time);
    const { email, sms, mails } = await sent(appointment.id);
    expect([email.status, sms.status]).toEqual(['unknown', 'sent']);
    expect(mails).toHaveLength(1);
    const review = await openReviewOf(desk, `appointment/${appointment.id}`, 'unknown-effect');
    expect(review.question).toMatchObject({ channel: 'email', notificationId: email.id });
    return { appointment, review };
  }

  const settledMail = (appointmentId: string) =>
    eventually('the mail to be settled', async () => {
      const now = await sent(appointmentId);
      return now.email.status === 'sent' ? now : undefined;
    });

  it('stays as it is when a person found that it did', async () => {
    const { appointment, review } = await unknownMail('10:00');
    await answer(desk, review.id, { action: 'happened' });
    const { mails, messages } = await settledMail(appointment.id);
    expect(mails).toHaveLength(1);
    expect(messages).toHaveLength(1);
  });

  it('is sent once more when a person found that it did not', async () => {
    const { appointment, review } = await unknownMail('12:00');
    await answer(desk, review.id, { action: 'did-not-happen' });
    const { mails, messages } = await settledMail(appointment.id);
    expect(mails).toHaveLength(2);
    expect(messages).toHaveLength(1);
  });
});

describe('a review that nobody answers', () => {
  it('expires, and the call with it', async () => {
    const hurried = await openPhoneDesk(env, { settings: { REVIEW_WAIT_MS: '700' } });
    try {
      const wish = haircut(workingDay(), '10:00', { service: 'unicorn grooming' });
      const callId = await hurried.play({ from: newCaller(), wish });
      expect((await hurried.settled(callId)).outcome).toBe('review-expired');
      const review = await hurried.deps.db.selectFrom('reviews').selectAll().executeTakeFirstOrThrow();
      expect(review).toMatchObject({ kind: 'ambiguous-wish', status: 'expired', answer: null });
    } finally {
      await hurried.close();
    }
  });
});
