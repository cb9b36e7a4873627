import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { subscriptionWorkflowId } from '../../../shared/ids.ts';
import { subscriptionNewsSignal } from '../../../workflows/phone-desk/subscription/contract.ts';
import { answer, openReviewOf, recordHistory } from '../../support/stories.ts';
import {
  type ClockedCompany,
  DAY_S,
  openSubscriptions,
  type SubscriptionDesk,
} from '../../support/subscriptions.ts';
import { createShortHistories } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

/** A few changes of a subscription. */
const LONG_HISTORY = 60;

let env: TestWorkflowEnvironment;
let desk: SubscriptionDesk;

beforeAll(async () => {
  env = await createShortHistories(LONG_HISTORY);
  desk = await openSubscriptions(env);
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const handleOf = ({ id }: ClockedCompany) => env.client.workflow.getHandle(subscriptionWorkflowId(id));
const runOf = async (company: ClockedCompany) => (await handleOf(company).describe()).runId;
const nudge = (company: ClockedCompany) => handleOf(company).signal(subscriptionNewsSignal);

async function subscribed(): Promise<{ company: ClockedCompany; id: string }> {
  const company = await desk.onClock();
  const { id } = await desk.stripe.subscriptions.create({
    customer: company.customerId,
    items: [{ price: 'price_development' }],
    currency: 'eur',
  });
  await desk.until(company, 'the subscription', ({ status }) => status === 'active');
  return { company, id };
}

describe('a subscription of which there is much to tell', () => {
  it('goes on in a new run, and no change is lost between the two', async () => {
    const { company, id } = await subscribed();
    const end = (ends: boolean) => desk.stripe.subscriptions.update(id, { cancel_at_period_end: ends });
    const runs = new Set([await runOf(company)]);
    let ends = false;
    for (let changes = 0; runs.size < 3; changes += 1) {
      expect(changes).toBeLessThan(40);
      ends = !ends;
      await end(ends);
      await desk.until(company, `change ${changes}`, ({ cancelAt }) => (cancelAt !== null) === ends);
      runs.add(await runOf(company));
    }
    const [first] = runs;
    const old = await env.client.workflow.getHandle(subscriptionWorkflowId(company.id), first).describe();
    expect(old.status.name).toBe('CONTINUED_AS_NEW');

    // Changes and nudges without a pause, so that many of them come while one run becomes the next.
    for (let change = 0; change < 15; change += 1) {
      ends = !ends;
      await Promise.all([end(ends), nudge(company), nudge(company), nudge(company)]);
    }
    await end(true);
    await desk.until(company, 'the last change', ({ cancelAt }) => cancelAt !== null);
    await eventually('all events to be handed over', async () => {
      const { rows } = await desk.deps.pool.query(
        `SELECT count(*)::int AS left FROM inbox_events WHERE source = 'stripe' AND status = 'pending'`,
      );
      return rows[0].left === 0 ? true : undefined;
    });

    await desk.stripe.subscriptions.cancel(id);
    const over = await desk.until(company, 'the notice', ({ notices }) => notices[0]?.status === 'sent');
    expect(over).toMatchObject({ status: 'canceled', newBookings: false, paidCents: 4_900 });
    expect(await handleOf(company).result()).toEqual({ status: 'ended' });
    expect(await desk.mailsOf(company)).toEqual(['Your phone desk takes no new bookings']);
    await recordHistory(desk, subscriptionWorkflowId(company.id), 'subscription-continued', first);
  });

  it('waits with it for a message of which a person finds out, and leaves no question behind', async () => {
    const { company, id } = await subscribed();
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'executed-then-drop', count: 1 });
    await company.card('pm_card_chargeCustomerFail');
    await company.advance(28 * DAY_S + 3_660);
    const review = await openReviewOf(desk, subscriptionWorkflowId(company.id), 'unknown-effect');
    const before = await runOf(company);
    const length = async () => (await handleOf(company).describe()).historyLength;
    for (let ends = true; (await length()) < 2 * LONG_HISTORY; ends = !ends) {
      await desk.stripe.subscriptions.update(id, { cancel_at_period_end: ends });
      await desk.until(company, 'the change', ({ cancelAt }) => (cancelAt !== null) === ends);
    }
    expect(await runOf(company)).toBe(before);
    await answer(desk, review.id, { action: 'happened' });
    await nudge(company);
    await eventually('the next run', async () => ((await runOf(company)) === before ? undefined : true));
    const { notices } = await desk.until(company, 'the notice', (state) =>
      state.notices.every(({ status }: { status: string }) => status === 'sent'),
    );
    expect(notices).toMatchObject([{ kind: 'payment-failed-first' }]);
    expect(await desk.mailsOf(company)).toHaveLength(1);
    await desk.stripe.subscriptions.cancel(id);
    await recordHistory(desk, subscriptionWorkflowId(company.id), 'subscription-gone-on');
  });
});
