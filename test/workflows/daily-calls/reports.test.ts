import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attemptsOf } from '../../../db/daily-calls/days.ts';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import { type CalledUser, type DailyCallBed, openDailyCalls } from '../../support/daily-calls.ts';
import { answer, openReviewOf, recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

let env: TestWorkflowEnvironment;
let bed: DailyCallBed;

beforeAll(async () => {
  env = await connectTemporal();
  bed = await openDailyCalls(env, {
    settings: { CALLKARO_WEBHOOK_SECRET: 'told-to-callkaro', DAILY_CALL_MAX_MS: '2000' },
  });
  // What the phones do is reported by these tests, not by the emulator.
  await bed.control('/_emulator/seed', { callkaro: { webhook_url: null } });
});
afterAll(async () => {
  await bed?.close();
  await env?.teardown();
});

/** Posts a status update as seed 004's providers do. */
async function report(body: object, secret: string | null = 'told-to-callkaro') {
  const response = await fetch(`${bed.apiUrl}/api/webhooks/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(secret ? { 'x-webhook-secret': secret } : {}) },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json().catch(() => null)) as Record<string, unknown> | null,
  };
}

const attemptOf = (user: CalledUser, number = 1) =>
  eventually(`attempt ${number} to be dialled`, async () => {
    const attempts = await attemptsOf(bed.deps.db, user.id, user.localDate);
    return attempts.find((one) => one.number === number && one.dialled_at !== null);
  });

async function called(preferences: Parameters<DailyCallBed['user']>[0] = {}) {
  const user = await bed.user({
    retry_delays: JSON.stringify({ 'no-answer': 0.02, busy: 30 }),
    ...preferences,
  });
  await bed.sweep();
  const attempt = await attemptOf(user);
  return { user, attempt, callId: attempt.provider_call_id! };
}

describe('a report by webhook', () => {
  it('is answered with the retry that follows', async () => {
    const { user, callId } = await called();
    const { status, body } = await report({ call_id: callId, status: 'busy' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, known: true, retry_scheduled: true });
    const inMs = Date.parse(body!.retry_at as string) - Date.now();
    expect(inMs).toBeGreaterThan(29 * 60_000);
    expect(inMs).toBeLessThanOrEqual(30 * 60_000);
    const day = await eventually('the retry to be planned', async () => {
      const row = await bed.deps.db
        .selectFrom('daily_calls')
        .where('user_id', '=', user.id)
        .selectAll()
        .executeTakeFirstOrThrow();
      return row.due_at.getTime() > Date.now() ? row : undefined;
    });
    expect(Math.abs(day.due_at.getTime() - Date.parse(body!.retry_at as string))).toBeLessThan(1_000);
  });

  it('of a conversation announces none', async () => {
    const { user, callId } = await called();
    expect((await report({ call_id: callId, status: 'completed', transcript: 'User: Hello.' })).body).toEqual(
      {
        success: true,
        known: true,
        retry_scheduled: false,
        retry_at: null,
      },
    );
    expect((await bed.ended(user)).outcome).toBe('completed');
  });

  it('that comes twice at once, backwards, or with a status nobody documented leaves one end', async () => {
    const { user, callId } = await called();
    const both = await Promise.all([
      report({ call_id: callId, status: 'completed', transcript: 'User: Hello.' }),
      report({ call_id: callId, status: 'completed', transcript: 'User: Hello.' }),
      report({ call_id: callId, status: 'ringing' }),
      report({ call_id: callId, status: 'in_progress' }),
      report({ call_id: callId, status: 'teleported' }),
    ]);
    expect(both.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const { outcome, attempts } = await bed.ended(user);
    expect([outcome, attempts.map(({ status }) => status)]).toEqual(['completed', ['completed']]);
    expect((await report({ call_id: callId, status: 'failed' })).body).toMatchObject({
      retry_scheduled: false,
    });
  });

  it('on a call we do not know is kept and changes nothing', async () => {
    const callId = `call-${randomUUID()}`;
    expect((await report({ call_id: callId, status: 'no_answer' })).body).toEqual({
      success: true,
      known: false,
      retry_scheduled: false,
      retry_at: null,
    });
    const events = await bed.deps.db
      .selectFrom('inbox_events')
      .where('entity', '=', `outbound-call/callkaro/${callId}`)
      .selectAll()
      .execute();
    expect(events).toHaveLength(1);
  });

  it('without the secret, or with nothing in it, is refused with a reason', async () => {
    expect((await report({ call_id: 'x', status: 'busy' }, null)).status).toBe(401);
    expect((await report({ call_id: 'x', status: 'busy' }, 'wrong')).status).toBe(401);
  });

  it('that comes after the day was closed as unreported corrects it, and nobody is called for it', async () => {
    const { user, attempt, callId } = await called();
    expect((await bed.ended(user)).outcome).toBe('unreported');
    await report({ call_id: callId, status: 'completed', transcript: 'User: Better late.' });
    const day = await eventually('the day to be corrected', async () => {
      const ended = await bed.ended(user);
      return ended.outcome === 'completed' ? ended : undefined;
    });
    expect(day.attempts.map(({ id }) => id)).toEqual([attempt.id]);
    expect(await bed.dialled('callkaro', user.phone)).toBe(1);
  });
});

describe('a call of which nobody knows whether it rang', () => {
  async function unknown() {
    await bed.fault({ vendor: 'callkaro', operation: 'calls.create', mode: 'executed-then-drop', count: 1 });
    const user = await bed.user();
    await bed.sweep();
    const review = await openReviewOf(bed, dailyCallWorkflowId(user.id, user.localDate), 'unknown-effect');
    return { user, review };
  }

  it('is not repeated when a person finds that it did', async () => {
    const { user, review } = await unknown();
    await answer(bed, review.id, { action: 'happened' });
    expect((await bed.ended(user)).outcome).toBe('unreported');
    expect(await bed.dialled('callkaro', user.phone)).toBe(1);
    await recordHistory(bed, dailyCallWorkflowId(user.id, user.localDate), 'daily-call-unknown-answered');
  });

  it('is placed when a person finds that it did not', async () => {
    const { user, review } = await unknown();
    await answer(bed, review.id, { action: 'did-not-happen' });
    const callId = (await attemptOf(user)).provider_call_id!;
    await report({ call_id: callId, status: 'completed' });
    expect((await bed.ended(user)).outcome).toBe('completed');
  });

  it('needs no person once the provider reports on it', async () => {
    const { user, review } = await unknown();
    const [attempt] = await attemptsOf(bed.deps.db, user.id, user.localDate);
    await report({
      call_id: `call-${randomUUID()}`,
      status: 'completed',
      metadata: { attemptId: attempt!.id },
    });
    expect((await bed.ended(user)).outcome).toBe('completed');
    const closed = await bed.deps.db
      .selectFrom('reviews')
      .where('id', '=', review.id)
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(closed.status).not.toBe('open');
    expect(await bed.dialled('callkaro', user.phone)).toBe(1);
  });
});
