import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replanUser } from '../../../db/daily-calls/users.ts';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import {
  dailyCallChangedSignal,
  dailyCallStart,
} from '../../../workflows/daily-calls/daily-call/contract.ts';
import { type CalledUser, type DailyCallBed, openDailyCalls } from '../../support/daily-calls.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

let env: TestWorkflowEnvironment;
let bed: DailyCallBed;

beforeAll(async () => {
  env = await connectTemporal();
  bed = await openDailyCalls(env, { settings: { DAILY_CALLS_AT_ONCE: '3' } });
});
afterAll(async () => {
  await bed?.close();
  await env?.teardown();
});

const provider = 'vapi' as const;
const nudge = ({ id, companyId, localDate }: CalledUser) =>
  bed.deps.starter.startOrSignal(
    dailyCallStart({ userId: id, companyId, localDate }),
    dailyCallChangedSignal,
  );

/** A user whose call is due in a while: the run is there and asleep. */
async function asleep(preferences: Parameters<DailyCallBed['user']>[0] = {}) {
  const user = await bed.user({ provider, ...preferences });
  const dueAt = new Date(Date.now() + 60_000);
  await bed.deps.db
    .updateTable('call_users')
    .set({ next_call_at: dueAt })
    .where('id', '=', user.id)
    .execute();
  expect((await bed.sweep()).started).toBeGreaterThan(0);
  return user;
}

async function change(user: CalledUser, values: object): Promise<void> {
  const { db, env: settings } = bed.deps;
  await db.transaction().execute(async (trx) => {
    await trx.updateTable('call_users').set(values).where('id', '=', user.id).execute();
    await replanUser(trx, user.id, new Date(), settings.DAILY_CALL_LEGAL_HOURS);
  });
  await nudge(user);
}

const result = (user: CalledUser) =>
  env.client.workflow.getHandle(dailyCallWorkflowId(user.id, user.localDate)).result();

describe('a day that is handed over and not called yet', () => {
  it('is taken back when the preferences change, and planned again', async () => {
    const user = await asleep();
    await change(user, { call_time: '23:59' });
    expect(await result(user)).toEqual({ ending: 'withdrawn' });
    const { next_call_at } = await bed.deps.db
      .selectFrom('call_users')
      .where('id', '=', user.id)
      .select('next_call_at')
      .executeTakeFirstOrThrow();
    expect(next_call_at!.getTime()).toBeGreaterThan(Date.now());
    expect(await bed.dialled(provider, user.phone)).toBe(0);
    await recordHistory(bed, dailyCallWorkflowId(user.id, user.localDate), 'daily-call-taken-back');
  });

  it('is not called when the user is deleted', async () => {
    const user = await asleep();
    await change(user, { deleted_at: new Date() });
    expect(await result(user)).toEqual({ ending: 'withdrawn' });
    expect(await bed.dialled(provider, user.phone)).toBe(0);
  });
});

describe('the last look before dialling', () => {
  const stops: [string, (user: CalledUser) => Promise<unknown>][] = [
    [
      'a number on the do-not-call list',
      ({ phone }) =>
        bed.deps.db
          .insertInto('do_not_call')
          .values({
            phone_index: bed.deps.vault.blindIndex('do-not-call', phone),
            company_id: null,
            reason: 'asked',
          })
          .execute(),
    ],
    [
      'a withdrawn consent',
      ({ id }) =>
        bed.deps.db.updateTable('call_users').set({ consent_at: null }).where('id', '=', id).execute(),
    ],
    [
      'hours that are over',
      ({ id }) =>
        bed.deps.db
          .updateTable('call_users')
          .set({ window_from: '00:00', window_to: '00:01' })
          .where('id', '=', id)
          .execute(),
    ],
  ];
  it.each(stops)('holds a retry back for %s', async (_what, stop) => {
    const user = await bed.user({
      provider,
      // Long enough for the change to come between the two attempts.
      retry_delays: JSON.stringify({ 'no-answer': 0.05 }),
    });
    await bed.answers(provider, user.phone, 'no-answer', 'answers');
    await bed.sweep();
    await eventually('the first attempt to end', async () => {
      const [attempt] = await bed.deps.db
        .selectFrom('call_attempts')
        .where('user_id', '=', user.id)
        .where('status', '=', 'no-answer')
        .selectAll()
        .execute();
      return attempt;
    });
    await stop(user);
    const { outcome, attempts } = await bed.ended(user);
    expect(['not-allowed', 'not-reached']).toContain(outcome);
    expect(attempts.filter(({ dialled_at }) => dialled_at)).toHaveLength(1);
    expect(await bed.dialled(provider, user.phone)).toBe(1);
  });
});

describe('a pause', () => {
  it('holds the call back, and the end of the pause lets it go', async () => {
    const user = await bed.user({ provider, paused: true });
    await bed.sweep();
    await eventually('the run to wait', async () => {
      const { historyLength } = await env.client.workflow
        .getHandle(dailyCallWorkflowId(user.id, user.localDate))
        .describe();
      return historyLength > 4 ? true : undefined;
    });
    expect(await bed.dialled(provider, user.phone)).toBe(0);
    await bed.deps.db.updateTable('call_users').set({ paused: false }).where('id', '=', user.id).execute();
    await nudge(user);
    expect((await bed.ended(user)).outcome).toBe('completed');
    await recordHistory(bed, dailyCallWorkflowId(user.id, user.localDate), 'daily-call-paused');
  });
});

describe('a day that is due', () => {
  it('is not lost by a change that leaves it due', async () => {
    const user = await bed.user({ provider, paused: true });
    await bed.sweep();
    await change(user, { window_to: '23:59' });
    await bed.deps.db.updateTable('call_users').set({ paused: false }).where('id', '=', user.id).execute();
    await nudge(user);
    expect((await bed.ended(user)).outcome).toBe('completed');
  });
});

describe('calls at once', () => {
  it('are never more than the limit, and everybody gets a turn', async () => {
    const users = await Promise.all(Array.from({ length: 15 }, () => bed.user({ provider })));
    for (const { phone } of users) await bed.answers(provider, phone, 'answers');
    await bed.sweep();
    const days = await Promise.all(users.map((user) => bed.ended(user)));
    expect(days.map(({ outcome }) => outcome)).toEqual(days.map(() => 'completed'));
    const calls = days.map(({ attempts: [attempt] }) => attempt!);
    for (const { dialled_at: at } of calls) {
      const under = calls.filter((one) => one.dialled_at! <= at! && at! < one.ended_at!);
      expect(under.length).toBeLessThanOrEqual(3);
    }
  });
});

describe('the sweep', () => {
  it('opens a day once, however many sweep at once', async () => {
    const users = await Promise.all(Array.from({ length: 10 }, () => bed.user({ provider })));
    const sweeps = await Promise.all(Array.from({ length: 5 }, () => bed.sweep()));
    expect(sweeps.reduce((sum, { claimed }) => sum + claimed, 0)).toBe(10);
    const days = await Promise.all(users.map((user) => bed.ended(user)));
    expect(days.every(({ attempts }) => attempts.length === 1)).toBe(true);
    for (const { phone } of users) expect(await bed.dialled(provider, phone)).toBe(1);
  });

  it('starts the run of a day whose claim was committed before its sweep died', async () => {
    const user = await bed.user({ provider });
    const { db, clock } = bed.deps;
    const minuteAgo = new Date(clock().getTime() - 60_000);
    await db
      .insertInto('daily_calls')
      .values({
        user_id: user.id,
        local_date: user.localDate,
        company_id: user.companyId,
        local_tz: 'Europe/Berlin',
        due_at: clock(),
        created_at: minuteAgo,
      })
      .execute();
    await db.updateTable('call_users').set({ next_call_at: null }).where('id', '=', user.id).execute();
    await bed.sweep();
    expect((await bed.ended(user)).outcome).toBe('completed');
  });

  it('is called to its end although the subscription ends meanwhile; nobody else is until it is back', async () => {
    const suspended = (suspended_at: Date | null) =>
      bed.deps.db.updateTable('companies').set({ suspended_at }).execute();
    const begun = await bed.user({ provider });
    await bed.answers(provider, begun.phone, 'no-answer', 'answers');
    await bed.sweep();
    await suspended(new Date());
    const due = await bed.user({ provider });
    try {
      await bed.sweep();
      const day = await bed.ended(begun);
      expect(day.outcome).toBe('completed');
      expect(day.attempts.map(({ status }) => status)).toEqual(['no-answer', 'completed']);
      expect(await bed.dialled(provider, due.phone)).toBe(0);
    } finally {
      await suspended(null);
    }
    await bed.sweep();
    expect((await bed.ended(due)).outcome).toBe('completed');
  });

  it('writes down a day that nobody swept in time, and calls nobody for it', async () => {
    const user = await bed.user({ provider });
    const yesterday = new Date(Date.now() - 48 * 3_600_000);
    const localDate = yesterday.toISOString().slice(0, 10);
    await bed.deps.db
      .updateTable('call_users')
      .set({ next_call_at: yesterday, next_call_date: localDate, call_time: '12:00' })
      .where('id', '=', user.id)
      .execute();
    await bed.sweep();
    const day = await bed.deps.db
      .selectFrom('daily_calls')
      .where('user_id', '=', user.id)
      .where('local_date', '=', localDate)
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(day).toMatchObject({ status: 'ended', outcome: 'window-over' });
  });
});
