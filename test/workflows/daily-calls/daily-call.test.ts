import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import { type DailyCallBed, openDailyCalls } from '../../support/daily-calls.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';

let env: TestWorkflowEnvironment;
let bed: DailyCallBed;

beforeAll(async () => {
  env = await connectTemporal();
  bed = await openDailyCalls(env);
});
afterEach(() => bed.clearFaults());
afterAll(async () => {
  await bed?.close();
  await env?.teardown();
});

const providers = ['callkaro', 'retell', 'vapi'] as const;

describe.each(providers)('a daily call through %s', (provider) => {
  /** Plays the day of a user whose phone behaves like this. */
  async function day(...scripts: string[]) {
    const user = await bed.user({ provider });
    await bed.answers(provider, user.phone, ...scripts);
    await bed.sweep();
    const ended = await bed.ended(user);
    return { ...ended, user, dialled: await bed.dialled(provider, user.phone) };
  }
  const statuses = (attempts: { status: string; ended_reason: string | null }[]) =>
    attempts.map(({ status, ended_reason }) => (status === 'failed' ? `${status} ${ended_reason}` : status));

  it('that is answered ends the day', async () => {
    const { outcome, attempts, dialled, user } = await day('answers');
    expect(outcome).toBe('completed');
    expect(statuses(attempts)).toEqual(['completed']);
    expect(dialled).toBe(1);
    await recordHistory(bed, dailyCallWorkflowId(user.id, user.localDate), `daily-call-${provider}-answered`);
  });

  it('that is not answered is tried again after the delay', async () => {
    const { outcome, attempts, dialled } = await day('no-answer', 'answers');
    expect(outcome).toBe('completed');
    expect(statuses(attempts)).toEqual(['no-answer', 'completed']);
    expect(attempts[1]!.dialled_at!.getTime() - attempts[0]!.ended_at!.getTime()).toBeGreaterThanOrEqual(600);
    expect(dialled).toBe(2);
  });

  it('is given up after three attempts', async () => {
    const { outcome, attempts, dialled } = await day('busy', 'no-answer', 'fails');
    expect(outcome).toBe('not-reached');
    expect(statuses(attempts)).toEqual(['busy', 'no-answer', expect.stringContaining('failed')]);
    expect(dialled).toBe(3);
  });

  it('that reached a voicemail is not repeated unless the user wishes it', async () => {
    const { outcome, dialled } = await day('voicemail');
    expect([outcome, dialled]).toEqual(['voicemail', 1]);
  });

  it('whose report comes twice, late, or beside one of yesterday counts once', async () => {
    const days = await Promise.all(
      ['reports-twice', 'reports-late', 'reports-for-yesterday'].map((one) => day(one)),
    );
    expect(days.map(({ outcome, dialled }) => [outcome, dialled])).toEqual(days.map(() => ['completed', 1]));
  });

  it('whose end is never reported is asked for where it can be, and never repeated', async () => {
    const { outcome, dialled } = await day('never-reports');
    expect(outcome).toBe(provider === 'callkaro' ? 'unreported' : 'completed');
    expect(dialled).toBe(1);
  });

  it('whose answer got lost rings once', async () => {
    await bed.fault({ vendor: provider, operation: 'calls.create', mode: 'executed-then-drop', count: 1 });
    const { outcome, attempts, dialled } = await day('answers');
    expect([outcome, statuses(attempts), dialled]).toEqual(['completed', ['completed'], 1]);
  });

  it('waits for a provider that is down', async () => {
    await bed.fault({ vendor: provider, operation: 'calls.create', mode: 'status', status: 503, count: 2 });
    const { outcome, attempts, dialled } = await day('answers');
    expect([outcome, statuses(attempts), dialled]).toEqual(['completed', ['completed'], 1]);
  });
});
