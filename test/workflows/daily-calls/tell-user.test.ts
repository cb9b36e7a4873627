import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import { type CalledUser, type DailyCallBed, openDailyCalls } from '../../support/daily-calls.ts';
import { answer, openReviewOf } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

let env: TestWorkflowEnvironment;
let bed: DailyCallBed;

beforeAll(async () => {
  env = await connectTemporal();
  bed = await openDailyCalls(env);
  await bed.deps.db.updateTable('companies').set({ sms_enabled: true }).execute();
});
afterEach(() => bed.clearFaults());
afterAll(async () => {
  await bed?.close();
  await env?.teardown();
});

/** Somebody who answers the phone and wishes to be told on these channels. */
async function answers(...notify_channels: ('email' | 'sms')[]): Promise<CalledUser> {
  const user = await bed.user({ provider: 'callkaro', notify_channels });
  await bed.answers('callkaro', user.phone, 'answers');
  await bed.sweep();
  return user;
}
const runOf = ({ id, localDate }: CalledUser) => dailyCallWorkflowId(id, localDate);
const noticesOf = ({ id }: CalledUser) =>
  bed.deps.db
    .selectFrom('call_notices')
    .innerJoin('call_attempts', 'call_attempts.id', 'call_notices.attempt_id')
    .where('call_attempts.user_id', '=', id)
    .select(['channel', 'call_notices.status', 'reason', 'analysis_status'])
    .orderBy('channel')
    .execute();
const mailsExecuted = async () => (await bed.ledger('smtp', 'mail.deliver')).length;
/** The day is over, whatever the run is still busy with. */
const dayEnds = ({ id }: CalledUser) =>
  eventually('the day to end', () =>
    bed.deps.db
      .selectFrom('daily_calls')
      .where('user_id', '=', id)
      .where('status', '=', 'ended')
      .select('outcome')
      .executeTakeFirst(),
  );

describe('after a conversation', () => {
  it('its analysis is kept and the user is told on the channels of choice', async () => {
    const user = await answers('email', 'sms');
    expect(await bed.ended(user)).toMatchObject({ outcome: 'completed' });
    expect(await noticesOf(user)).toEqual([
      { channel: 'email', status: 'sent', reason: null, analysis_status: 'done' },
      { channel: 'sms', status: 'sent', reason: null, analysis_status: 'done' },
    ]);
  });

  it('nobody is told who does not wish it', async () => {
    const user = await answers();
    expect(await bed.ended(user)).toMatchObject({ outcome: 'completed' });
    expect(await noticesOf(user)).toEqual([]);
  });

  it('who has written STOP gets no SMS, which the user’s record says, until they write START', async () => {
    const user = await bed.user({ provider: 'callkaro', notify_channels: ['sms'] });
    const write = (body: string) =>
      bed.control('/twilio/_emulator/inbound', {
        from: user.phone,
        to: bed.deps.env.TWILIO_FROM_NUMBER,
        body,
        url: `${bed.deps.env.PUBLIC_URL}/api/webhooks/twilio`,
      });
    const shown = (isSince: (at: unknown) => boolean) =>
      eventually('the word to be carried out', async () => {
        const { smsOptedOutAt } = await bed.api('GET', `/api/call-users/${user.id}`);
        return isSince(smsOptedOutAt) ? true : undefined;
      });
    expect(await write('Stopp')).toMatchObject({
      status: 200,
      replies: [expect.stringContaining('Salon Lindgrün: Sie erhalten hier keine Nachrichten mehr')],
    });
    await shown((at) => typeof at === 'string');
    await bed.answers('callkaro', user.phone, 'answers');
    await bed.sweep();
    expect(await bed.ended(user)).toMatchObject({ outcome: 'completed' });
    expect(await noticesOf(user)).toMatchObject([{ channel: 'sms', status: 'skipped', reason: 'opted-out' }]);
    await write('START');
    await shown((at) => at === null);
  });

  it('an SMS that is refused does not stop the mail', async () => {
    await bed.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'status',
      status: 400,
      body: { code: 21610, message: 'unsubscribed', status: 400 },
    });
    const user = await answers('email', 'sms');
    expect(await bed.ended(user)).toMatchObject({ outcome: 'completed' });
    expect(await noticesOf(user)).toMatchObject([
      { channel: 'email', status: 'sent' },
      { channel: 'sms', status: 'failed' },
    ]);
  });
});

describe('while a message cannot be sent', () => {
  it('the day is over, and the message follows when it can', async () => {
    const before = await mailsExecuted();
    await bed.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'status', status: 451 });
    const user = await answers('email');
    expect(await dayEnds(user)).toEqual({ outcome: 'completed' });
    expect(await noticesOf(user)).toMatchObject([{ status: 'pending' }]);
    const run = await env.client.workflow.getHandle(runOf(user)).describe();
    expect(run.status.name).toBe('RUNNING');
    await bed.clearFaults();
    await bed.ended(user);
    expect(await noticesOf(user)).toMatchObject([{ status: 'sent' }]);
    expect((await mailsExecuted()) - before).toBe(1);
  });

  it('of which nobody knows whether it left, a person decides', async () => {
    const before = await mailsExecuted();
    await bed.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'executed-then-drop' });
    const user = await answers('email');
    const review = await openReviewOf(bed, runOf(user), 'unknown-effect');
    expect(await dayEnds(user)).toEqual({ outcome: 'completed' });
    expect(await noticesOf(user)).toMatchObject([{ status: 'unknown', reason: 'EffectUnknown' }]);
    await bed.clearFaults();
    await answer(bed, review.id, { action: 'happened' });
    await bed.ended(user);
    expect(await noticesOf(user)).toMatchObject([{ status: 'sent' }]);
    expect((await mailsExecuted()) - before).toBe(1);
  });

  it('news of the day is still read', async () => {
    await bed.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'status', status: 451 });
    const user = await answers('email');
    await dayEnds(user);
    const handle = env.client.workflow.getHandle(runOf(user));
    await handle.signal('dailyCallChanged');
    await bed.clearFaults();
    expect(await handle.result()).toEqual({ ending: 'completed' });
    expect(await noticesOf(user)).toMatchObject([{ status: 'sent' }]);
  });
});
