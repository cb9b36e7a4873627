import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cronOf } from '../../../api/daily-calls/queue/sweep-times.ts';
import { planAt } from '../../../api/daily-calls/users/change-user.ts';
import { claimDueUsers } from '../../../db/daily-calls/sweep.ts';
import { addCompany, NOW, startTestApi, type TestApi, type TestCompany } from '../support.ts';
import { addUser, endDay, offeredNews, openDay, send, TODAY } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;
let now = NOW;
let companies = 0;

/** The Temporal client as far as the status uses it. */
const schedule = { up: true, paused: false };
const temporal = {
  withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
  schedule: {
    getHandle: () => ({
      describe: async () => {
        if (!schedule.up) throw new Error('14 UNAVAILABLE');
        return { info: { nextActionTimes: [new Date(1_000)] }, state: { paused: schedule.paused } };
      },
    }),
  },
};

beforeAll(async () => {
  api = await startTestApi({ clock: () => now, temporal: temporal as unknown as Client });
});
afterAll(() => api.close());
beforeEach(async () => {
  now = NOW;
  companies += 1;
  await api.db.deleteFrom('companies').execute();
  await api.db.deleteFrom('call_pauses').execute();
  await api.db.deleteFrom('limit_grants').execute();
  linde = await addCompany(api.db, `linde-${companies}`);
  ahorn = await addCompany(api.db, `ahorn-${companies}`);
  api.offered.length = 0;
});

const trigger = (body?: object, key = linde.key) => send(api, 'POST', '/api/queue/trigger', key, body);
const due = (id: string, date = TODAY) => `daily-call.due daily-call/${id}/${date}`;
const at = (text: string) => {
  now = new Date(text);
};
const dayOf = (id: string) =>
  api.db.selectFrom('daily_calls').where('user_id', '=', id).selectAll().executeTakeFirst();

describe('triggering one user', () => {
  it('calls now, today once, and plans tomorrow', async () => {
    const { id } = await addUser(api, linde);
    const answer = await trigger({ userId: id });
    expect([answer.status, answer.body.calls]).toEqual([
      200,
      [{ userId: id, localDate: TODAY, at: NOW.toISOString() }],
    ]);
    expect(offeredNews(api)).toEqual([due(id)]);
    const event = await api.db
      .selectFrom('inbox_events')
      .selectAll()
      .where('entity', '=', `daily-call/${id}/${TODAY}`)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(api.deps.vault.open('inbox', event.body_sealed).toString())).toEqual({
      ...{ userId: id, companyId: linde.id, localDate: TODAY, dueAt: NOW.toISOString() },
    });
    expect(await dayOf(id)).toMatchObject({ status: 'open', due_at: NOW, handed_over_at: expect.any(Date) });
    expect((await api.get(`/api/call-users/${id}`, linde.key)).body.nextCallAt).toBe(
      '2026-03-03T17:00:00.000Z',
    );
    const again = await trigger({ userId: id });
    // The day is open and nobody was dialled yet: it is told once more, and stays one day.
    expect([again.status, offeredNews(api)]).toEqual([
      200,
      [`daily-call.changed daily-call/${id}/${TODAY}`, due(id)],
    ]);
    await endDay(api, id, 'completed');
    const third = await trigger({ userId: id });
    expect([third.status, third.body.code]).toEqual([409, 'call-called-already']);
    const dry = await trigger({ userId: id, dryRun: true });
    expect([dry.status, dry.body.calls, dry.body.notCalled]).toEqual([
      ...[200, []],
      [{ reason: 'called-already', count: 1 }],
    ]);
  });

  it('by many requests at once opens one day', async () => {
    const { id } = await addUser(api, linde);
    const answers = await Promise.all(Array.from({ length: 6 }, () => trigger({ userId: id })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(offeredNews(api).filter((news) => news === due(id))).toHaveLength(1);
  });

  it('only looks in a dry run', async () => {
    const { id, nextCallAt } = await addUser(api, linde);
    const { body } = await trigger({ userId: id, dryRun: true });
    expect([body.dryRun, body.calls]).toEqual([
      true,
      [{ userId: id, localDate: TODAY, at: NOW.toISOString() }],
    ]);
    expect([await dayOf(id), api.offered]).toEqual([undefined, []]);
    expect((await api.get(`/api/call-users/${id}`, linde.key)).body.nextCallAt).toBe(nextCallAt);
  });

  it.each([
    ['no consent', { consent: false }, 'call-no-consent'],
    ['calls disabled', { callEnabled: false }, 'call-disabled'],
    ['paused', { paused: true }, 'call-paused'],
    ['a window that opens later', { windowFrom: '12:00' }, 'call-outside-hours'],
    ['quiet hours', { quietFrom: '09:00', quietTo: '11:00' }, 'call-outside-hours'],
    ['the night of another zone', { timeZone: 'America/Los_Angeles' }, 'call-outside-hours'],
  ])('is refused for %s', async (_name, fields, code) => {
    const { id } = await addUser(api, linde, fields);
    const answer = await trigger({ userId: id });
    expect([answer.status, answer.body.code]).toEqual([409, code]);
    expect([await dayOf(id), api.offered]).toEqual([undefined, []]);
  });

  it('is refused for the list, for a call under way, and soon after the last call', async () => {
    const listed = await addUser(api, linde);
    await send(api, 'POST', '/api/do-not-call', linde.key, { phone: listed.phone, reason: 'x' });
    expect((await trigger({ userId: listed.id })).body.code).toBe('call-do-not-call');
    const busy = await addUser(api, linde);
    await openDay(api, linde, busy.id, { attempt: true });
    expect((await trigger({ userId: busy.id })).body.code).toBe('call-under-way');
    const moved = await addUser(api, linde);
    await openDay(api, linde, moved.id, { localDate: '2026-03-01', attempt: true });
    await endDay(api, moved.id, 'completed');
    expect((await trigger({ userId: moved.id })).body.code).toBe('call-too-soon');
    const ahead = await addUser(api, linde);
    // Called for the 3rd in Kiribati, and moved back over the date line since.
    await openDay(api, linde, ahead.id, { localDate: '2026-03-03', dueAt: '2026-03-01T20:00:00Z' });
    await endDay(api, ahead.id, 'completed');
    expect((await trigger({ userId: ahead.id })).body.code).toBe('call-called-already');
  });

  it('of another company finds nobody; a wrong id is a 400', async () => {
    const { id } = await addUser(api, ahorn);
    expect((await trigger({ userId: id })).status).toBe(404);
    expect((await trigger({ userId: 'x' })).status).toBe(400);
    expect((await trigger({ userId: id }, api.operatorKey)).status).toBe(200);
  });
});

describe('triggering everybody', () => {
  it('hands over who is due, of the own company only', async () => {
    const mine = await addUser(api, linde);
    const later = await addUser(api, linde, { callTime: '20:00' });
    const theirs = await addUser(api, ahorn);
    at('2026-03-02T16:59:00Z');
    const dry = await trigger({ dryRun: true });
    const call = (id: string) => ({ userId: id, localDate: TODAY, at: '2026-03-02T17:00:00.000Z' });
    expect(dry.body).toMatchObject({ calls: [call(mine.id)], notCalled: [{ reason: 'not-due', count: 1 }] });
    expect(api.offered).toEqual([]);
    expect((await trigger()).body).toMatchObject({ success: true, dryRun: false, calls: [call(mine.id)] });
    expect(offeredNews(api)).toEqual([due(mine.id)]);
    expect((await trigger()).body.calls).toEqual([]);
    expect((await trigger({}, api.operatorKey)).body.calls).toEqual([call(theirs.id)]);
    expect(await dayOf(later.id)).toBeUndefined();
  });

  it('says why the others are not called', async () => {
    await addUser(api, linde, { consent: false });
    await addUser(api, linde, { callEnabled: false });
    await addUser(api, linde, { paused: true });
    await addUser(api, linde);
    await addUser(api, linde, { windowTo: '18:30' });
    await addUser(api, linde, { callTime: '20:59' });
    await api.db
      .updateTable('call_users')
      .set({ next_call_at: null, next_call_date: null })
      .where('call_time', '=', '20:59')
      .execute();
    at('2026-03-02T18:00:00Z');
    const { body } = await trigger({ dryRun: true });
    expect(body.calls).toHaveLength(1);
    const reasons = Object.fromEntries(
      body.notCalled.map(({ reason, count }: { reason: string; count: number }) => [reason, count]),
    );
    expect(reasons).toEqual({ 'no-consent': 1, disabled: 1, paused: 1, 'window-over': 1, 'no-moment': 1 });
  });

  it('leaves a paused company alone', async () => {
    const { id } = await addUser(api, linde);
    await send(api, 'POST', '/api/call-pauses', linde.key, { reason: 'x' });
    at('2026-03-02T17:00:00Z');
    expect((await trigger()).body.calls).toEqual([]);
    expect(await dayOf(id)).toBeUndefined();
    await send(api, 'DELETE', '/api/call-pauses', linde.key);
    expect((await trigger()).body.calls).toHaveLength(1);
  });

  it('calls nobody for a closed company', async () => {
    const { id } = await addUser(api, linde);
    const open = (active: boolean) =>
      api.db.updateTable('companies').set({ active }).where('id', '=', linde.id).execute();
    await open(false);
    at('2026-03-02T17:00:00Z');
    expect((await trigger({}, api.operatorKey)).body.calls).toEqual([]);
    expect((await api.get(`/api/call-users/${id}`, api.operatorKey)).body.stopped).toBe('paused');
    await open(true);
    expect((await trigger()).body.calls).toHaveLength(1);
  });

  it('begins no day for a company whose subscription is over, says why, and goes on when it is back', async () => {
    const { id } = await addUser(api, linde);
    const suspended = (suspended_at: Date | null) =>
      api.db.updateTable('companies').set({ suspended_at }).where('id', '=', linde.id).execute();
    await suspended(new Date());
    at('2026-03-02T17:10:00Z');
    expect((await trigger()).body.calls).toEqual([]);
    expect((await trigger({ userId: id })).body).toMatchObject({
      code: 'call-no-subscription',
      detail: "The company's subscription is over: no new calls.",
    });
    expect((await trigger({ dryRun: true })).body.notCalled).toEqual([
      { reason: 'no-subscription', count: 1 },
    ]);
    const sweep = () =>
      claimDueUsers(api.db, { ...planAt(api.deps), lookaheadMs: 60_000, limit: 10, userId: id });
    expect(await sweep()).toEqual({ claimed: 0, days: [] });
    expect(await dayOf(id)).toBeUndefined();
    expect((await api.get(`/api/call-users/${id}`, linde.key)).body.stopped).toBe('no-subscription');
    const health = async (key: string) => (await api.get('/api/queue/status', key)).body.queue.health;
    expect([await health(linde.key), await health(api.operatorKey)]).toEqual(['paused', 'healthy']);
    const [queue] = (await api.get('/api/admin/queues', linde.key)).body.items;
    expect([queue.paused, queue.suspended]).toEqual([false, true]);
    await suspended(null);
    expect((await trigger()).body.calls).toMatchObject([{ userId: id, localDate: TODAY }]);
  });

  it('goes on with the next day, not with each of those on which it was left alone', async () => {
    const { id } = await addUser(api, linde);
    at('2026-06-01T10:00:00Z');
    const sweep = () =>
      claimDueUsers(api.db, { ...planAt(api.deps), lookaheadMs: 60_000, limit: 10, userId: id });
    await sweep();
    await sweep();
    const { body } = await api.get(`/api/call-users/${id}`, linde.key);
    expect(body.nextCallAt).toBe('2026-06-01T16:00:00.000Z');
    const days = await api.db
      .selectFrom('daily_calls')
      .where('user_id', '=', id)
      .select(['local_date', 'outcome'])
      .orderBy('local_date')
      .execute();
    expect(days).toEqual([
      { local_date: TODAY, outcome: 'window-over' },
      { local_date: '2026-05-31', outcome: 'window-over' },
    ]);
  });

  it('is limited to ten a minute for each key', async () => {
    const answers = [];
    for (let each = 0; each < 11; each += 1) answers.push(await trigger({ dryRun: true }));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429]);
    const refused = answers[10]!;
    expect(refused.body.code).toBe('too-many-triggers');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect((await trigger({ dryRun: true }, ahorn.key)).status).toBe(200);
  });
});

describe('the status', () => {
  const status = async (key = linde.key) => (await api.get('/api/queue/status', key)).body;

  it('has the shape of seed 004', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => addUser(api, linde)));
    const [active, waiting, done, missed, yesterday] = users.map(({ id }) => id) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await openDay(api, linde, active, { attempt: true });
    await openDay(api, linde, waiting, { dueAt: '2026-03-02T09:30:00Z' });
    for (const id of [done, missed]) await openDay(api, linde, id);
    await endDay(api, done, 'completed');
    await endDay(api, missed, 'not-reached');
    await openDay(api, linde, yesterday, { localDate: '2026-03-01' });
    await endDay(api, yesterday, 'completed');
    expect(await status()).toEqual({
      success: true,
      queue: {
        ...{ name: 'daily-calls', health: 'healthy', active: 1, waiting: 1, failed: 1, completed: 1 },
        crons: [{ name: 'call-sweep', cron: '* * * * *', next: 1_000 }],
      },
    });
    expect((await status(ahorn.key)).queue).toMatchObject({ active: 0, waiting: 0, failed: 0, completed: 0 });
    await openDay(api, ahorn, (await addUser(api, ahorn)).id);
    expect((await status(api.operatorKey)).queue).toMatchObject({ active: 1, waiting: 2 });
  });

  it('does without the workflow server, and tells a pause and a sweep that is down', async () => {
    const nextOf = async () => (await status()).queue.crons[0].next;
    schedule.up = false;
    expect(await nextOf()).toBeNull();
    schedule.up = true;
    schedule.paused = true;
    expect(await nextOf()).toBeNull();
    schedule.paused = false;
    await addUser(api, linde);
    at('2026-03-02T17:10:00Z');
    expect((await status()).queue.health).toBe('late');
    expect((await status(ahorn.key)).queue.health).toBe('healthy');
    await send(api, 'POST', '/api/call-pauses', linde.key, { reason: 'x' });
    expect((await status()).queue.health).toBe('paused');
    expect((await status(api.operatorKey)).queue.health).toBe('healthy');
  });

  it.each([
    [60_000, '* * * * *'],
    [300_000, '*/5 * * * *'],
    [3_600_000, '0 * * * *'],
    [420_000, '@every 420s'],
    [500, '@every 0.5s'],
  ])('writes %i ms as %s', (everyMs, cron) => expect(cronOf(everyMs)).toBe(cron));

  it('shows each company to an operator, and a company itself', async () => {
    const { id } = await addUser(api, linde);
    await openDay(api, linde, id, { dueAt: '2026-03-02T09:30:00Z' });
    await api.deps.pool.query(
      `INSERT INTO place_queue (scope, holder, group_key, group_max, arrived_at, stays_until)
       VALUES ('daily-calls', $1, $2, 10, now(), now() + interval '1 minute')`,
      [`${id}/${TODAY}`, linde.id],
    );
    const all = (await api.get('/api/admin/queues', api.operatorKey)).body;
    expect(all.items).toEqual([
      {
        ...{
          company: ahorn.slug,
          paused: false,
          suspended: false,
          active: 0,
          waiting: 0,
          failed: 0,
          completed: 0,
        },
        ...{ oldestWaitingDueAt: null, nextDueAt: null, inLine: 0 },
      },
      {
        ...{
          company: linde.slug,
          paused: false,
          suspended: false,
          active: 0,
          waiting: 1,
          failed: 0,
          completed: 0,
        },
        oldestWaitingDueAt: '2026-03-02T09:30:00.000Z',
        nextDueAt: '2026-03-02T17:00:00.000Z',
        inLine: 1,
      },
    ]);
    const own = (await api.get('/api/admin/queues', ahorn.key)).body;
    expect(own.items.map(({ company }: { company: string }) => company)).toEqual([ahorn.slug]);
    const page = (await api.get('/api/admin/queues?limit=1', api.operatorKey)).body;
    const rest = (await api.get(`/api/admin/queues?limit=1&cursor=${page.nextCursor}`, api.operatorKey)).body;
    expect(rest.items[0].company).toBe(linde.slug);
  });
});
