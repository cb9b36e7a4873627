import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answer,
  appointmentsOf,
  notificationsOf,
  openReviewOf,
  recordHistory,
  runOf,
} from '../../support/stories.ts';
import { openSubscriptions, type SubscriptionDesk } from '../../support/subscriptions.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { berlin, haircut, newCaller, workingDay } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: SubscriptionDesk;
let customer: string;

const SALON = 'salon-lindgruen';

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openSubscriptions(env);
  const { db } = desk.deps;
  const { id } = await db
    .selectFrom('companies')
    .where('slug', '=', SALON)
    .select('id')
    .executeTakeFirstOrThrow();
  customer = (await desk.stripe.customers.create({ email: 'hallo@salon-lindgruen.example' })).id;
  await db
    .insertInto('company_subscriptions')
    .values({ company_id: id, stripe_customer_id: customer })
    .execute();
  const { id: card } = await desk.stripe.paymentMethods.attach('pm_card_visa', { customer });
  await desk.stripe.customers.update(customer, { invoice_settings: { default_payment_method: card } });
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const taking = (newBookings: boolean) =>
  eventually(`new bookings: ${newBookings}`, async () => {
    const state = await desk.api('GET', `/api/companies/${SALON}/subscription`);
    return state.newBookings === newBookings && state.status !== 'none' ? true : undefined;
  });
const subscribe = async () => {
  const items = [{ price: 'price_development' }];
  const { id } = await desk.stripe.subscriptions.create({ customer, items, currency: 'eur' });
  await taking(true);
  return id;
};

describe('a company whose subscription is over', () => {
  it('takes no new bookings by phone or API, honours those it has, and takes them again once it pays', async () => {
    const subscription = await subscribe();
    const wish = haircut(workingDay(0), '10:00', { staff: 'Jonas' });
    const before = await desk.settled(await desk.play({ from: newCaller(), wish }));
    expect(before.outcome).toBe('booked');
    const [standing] = await appointmentsOf(desk, before.id);
    await desk.stripe.subscriptions.cancel(subscription);
    await taking(false);

    const asked = {
      service: 'haircut',
      startsAt: berlin(workingDay(0), '13:00').toISOString(),
      customer: { phone: newCaller() },
    };
    await expect(desk.api('POST', `/api/bookings?company=${SALON}`, asked)).rejects.toThrow(
      /409.*subscription-ended/,
    );

    const free = `/api/availability?company=${SALON}&service=haircut&from=${workingDay(0)}`;
    expect((await desk.api('GET', free)).items).toEqual([]);

    const callId = await desk.play({
      from: newCaller(),
      wish: haircut(workingDay(0), '15:00', { staff: 'Jonas' }),
    });
    const question = await openReviewOf(desk, runOf(callId), 'booking-failed');
    expect(question.question).toMatchObject({ status: 'not-available', reason: 'no-subscription' });

    // What is booked goes on: it is moved and told like any other.
    const startsAt = berlin(workingDay(0), '17:00').toISOString();
    await desk.api('POST', `/api/appointments/${standing!.id}/reschedule`, { startsAt });
    const told = await eventually('the move to be told', async () => {
      const { email } = await notificationsOf(desk, standing!.id, 'rescheduled');
      return email?.status === 'sent' ? email : undefined;
    });
    expect(told.sequence).toBe(1);
    const [moved] = await appointmentsOf(desk, before.id);
    expect(moved).toMatchObject({ status: 'booked', starts_at: new Date(startsAt) });

    await subscribe();
    await answer(desk, question.id, { action: 'retry' });
    const call = await desk.settled(callId);
    expect(call.outcome).toBe('booked');
    await recordHistory(desk, runOf(callId), 'booked-once-paid');
  });
});
