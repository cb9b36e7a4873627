import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { workingDay } from '../../support/wishes.ts';

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
    const wish = {
      service: 'haircut',
      date: workingDay(),
      time: '10:00',
      customer_name: 'Lena Hoffmann',
      customer_email: 'lena@example.com',
    };
    const callId = await desk.play({ wish });
    const call = await desk.settled(callId);
    expect(call.outcome_detail).toMatchObject({ appointmentId: expect.any(String) });
    expect(call.outcome).toBe('booked');
    expect(await desk.ledger('calcom', 'bookings.create')).toHaveLength(1);
    expect(await desk.ledger('smtp', 'mail.deliver')).toHaveLength(1);
    expect(await desk.ledger('twilio', 'messages.create')).toHaveLength(1);
  });
});
