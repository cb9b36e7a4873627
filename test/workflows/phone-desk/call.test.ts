import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyText } from '../../../scripts/save-history.ts';
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
import { berlin, haircut, newCaller, workingDay } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

describe('a call becomes a booking', () => {
  it('books, confirms by mail and SMS, and settles the call', async () => {
    const day = workingDay();
    const callId = await desk.play({ from: newCaller(), wish: haircut(day, '10:00') });
    const call = await desk.settled(callId);
    expect(call).toMatchObject({ outcome: 'booked', status: 'analyzed' });
    const [appointment, ...others] = await appointmentsOf(desk, call.id);
    expect(others).toEqual([]);
    expect(appointment).toMatchObject({
      status: 'booked',
      source: 'call',
      starts_at: berlin(day, '10:00'),
      calcom_booking_uid: expect.any(String),
    });
    expect(call.outcome_detail).toMatchObject({ appointmentId: appointment!.id });
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
    const { email, sms } = await notificationsOf(desk, appointment!.id);
    expect([email!.status, sms!.status]).toEqual(['sent', 'sent']);
    expect(await executedFor(desk, 'smtp', 'mail.deliver', email!.id)).toHaveLength(1);
    const reference = sms!.id.replaceAll('-', '').slice(0, 12);
    expect(await executedFor(desk, 'twilio', 'messages.create', reference)).toHaveLength(1);
    await recordHistory(desk, runOf(callId), 'happy');
  });

  it('starts the life of the appointment, asleep until its first reminder', async () => {
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: haircut(workingDay(), '12:00') }),
    );
    const [appointment] = await appointmentsOf(desk, call.id);
    const life = await env.client.workflow.getHandle(`appointment/${appointment!.id}`).describe();
    expect(life.type).toBe('appointmentLife');
    expect(life.status.name).toBe('RUNNING');
  });

  it('takes the staff member whom the caller names', async () => {
    const wish = haircut(workingDay(1), '10:00', { staff: 'Aylin' });
    const call = await desk.settled(await desk.play({ from: newCaller(), wish }));
    const [appointment] = await appointmentsOf(desk, call.id);
    expect(appointment).toMatchObject({ status: 'booked', staff_email: 'aylin@salon-lindgruen.example' });
  });

  it('knows a caller again by the number, however often they call', async () => {
    const from = newCaller();
    const first = await desk.settled(await desk.play({ from, wish: haircut(workingDay(1), '12:00') }));
    const second = await desk.settled(await desk.play({ from, wish: haircut(workingDay(1), '15:00') }));
    expect(second.id).not.toBe(first.id);
    expect(second.customer_id).toBe(first.customer_id);
  });

  it('keeps everything personal out of the history', async () => {
    const from = newCaller();
    const transcript = 'Agent: Salon Lindgrün.\nUser: My zebrafish ate my comb, please cut my hair.';
    const wish = haircut(workingDay(1), '14:00', {
      customer_name: 'Philippa Quittenbaum',
      customer_email: 'philippa@quittenbaum.example',
    });
    const callId = await desk.play({ from, wish, transcript });
    const call = await desk.settled(callId);
    const [appointment] = await appointmentsOf(desk, call.id);
    const { email, sms } = await notificationsOf(desk, appointment!.id);
    expect([email, sms].map((sent) => [sent?.status, sent?.reason])).toEqual([
      ['sent', null],
      ['sent', null],
    ]);
    await env.client.workflow.getHandle(runOf(callId)).result();
    const history = await historyText(env.client, runOf(callId));
    const payloads = [...history.matchAll(/"data": "([^"]*)"/g)].map(([, data]) =>
      Buffer.from(data!, 'base64').toString(),
    );
    expect(payloads.length).toBeGreaterThan(5);
    const everything = `${history}\n${payloads.join('\n')}`;
    expect(everything).toContain(callId);
    for (const secret of [from, from.slice(-7), 'Philippa', 'quittenbaum', 'zebrafish']) {
      expect(everything.toLowerCase().includes(secret.toLowerCase()), secret).toBe(false);
    }
  });
});

describe('a call ends without a booking', () => {
  it('when nobody was reached', async () => {
    const callId = await desk.play({
      from: newCaller(),
      script: { disconnection_reason: 'dial_no_answer' },
    });
    expect((await desk.settled(callId)).outcome).toBe('not-connected');
  });

  it('when it went to voicemail', async () => {
    const callId = await desk.play({
      from: newCaller(),
      transcript: 'User: Please leave a message after the tone.',
      script: { disconnection_reason: 'voicemail_reached', analysis: { in_voicemail: true } },
    });
    expect((await desk.settled(callId)).outcome).toBe('no-wish');
  });

  it('when the caller only asked a question', async () => {
    const callId = await desk.play({ from: newCaller(), wish: { intent: 'none', booking_requested: false } });
    const call = await desk.settled(callId);
    expect(call.outcome).toBe('no-wish');
    expect(await appointmentsOf(desk, call.id)).toEqual([]);
  });

  it('when a person has taken over a wish to change an appointment', async () => {
    const callId = await desk.play({ from: newCaller(), wish: { intent: 'cancel' } });
    const review = await openReviewOf(desk, runOf(callId), 'change-request');
    const answered = await answer(desk, review.id, { action: 'done' });
    expect(answered).toMatchObject({ status: 'answered', answeredBy: 'operator' });
    expect((await desk.settled(callId)).outcome).toBe('handed-to-person');
  });
});

describe('a call of a line that nobody knows', () => {
  const unknownLine = { agent_id: 'agent_nobody', to_number: '+493055501234' };

  it('waits for a person, and is booked once the line is there', async () => {
    const callId = await desk.play({
      from: newCaller(),
      wish: haircut(workingDay(2), '10:00'),
      script: unknownLine,
    });
    const review = await openReviewOf(desk, runOf(callId), 'unroutable-call');
    const { company_id } = await desk.deps.db
      .selectFrom('phone_lines')
      .selectAll()
      .where('agent_id', '=', 'agent_lindgruen_desk')
      .executeTakeFirstOrThrow();
    await desk.deps.db
      .insertInto('phone_lines')
      .values({ number_e164: unknownLine.to_number, company_id, agent_id: unknownLine.agent_id })
      .execute();
    await answer(desk, review.id, { action: 'retry' });
    expect((await desk.settled(callId)).outcome).toBe('booked');
  });

  it('ends as unroutable when the person gives it up', async () => {
    const script = { agent_id: 'agent_void', to_number: '+493055509876' };
    const callId = await desk.play({ from: newCaller(), wish: haircut(workingDay(2), '12:00'), script });
    const review = await openReviewOf(desk, runOf(callId), 'unroutable-call');
    await answer(desk, review.id, { action: 'dismiss' });
    const result = await env.client.workflow.getHandle(runOf(callId)).result();
    expect(result).toEqual({ outcome: 'unroutable', appointmentId: null });
  });
});
