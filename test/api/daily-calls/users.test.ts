import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCompany, NOW, startTestApi, type TestApi, type TestCompany } from '../support.ts';
import { addUser, endDay, newNumber, offeredNews, openDay, send, TODAY } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => api.close());
beforeEach(() => {
  api.offered.length = 0;
});

const post = (body: object, key = linde.key) => send(api, 'POST', '/api/call-users', key, body);
const patch = (id: string, body: object, key = linde.key) =>
  send(api, 'PATCH', `/api/call-users/${id}`, key, body);
const remove = (id: string, key = linde.key) => send(api, 'DELETE', `/api/call-users/${id}`, key);
const rowOf = (id: string) =>
  api.db.selectFrom('call_users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('a new user', () => {
  it('is stored sealed and planned at once', async () => {
    const answer = await post({
      externalId: 'u-1',
      name: 'Erika Muster',
      phone: '0151 12345678',
      email: 'erika@muster.example',
      timeZone: 'America/New_York',
      consent: true,
      notifyChannels: ['email'],
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/call-users/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      company: 'linde',
      phone: '+4915112345678',
      consentAt: NOW.toISOString(),
      callTime: '20:30',
      stopped: null,
      nextCallAt: '2026-03-03T01:30:00.000Z',
      nextCallLocal: '2026-03-02T20:30:00-05:00[America/New_York]',
      planProblem: null,
    });
    const row = await rowOf(answer.body.id);
    expect(JSON.stringify({ ...row, name_sealed: row.name_sealed?.toString() })).not.toContain('Erika');
    expect(row.phone_index).toEqual(api.deps.vault.blindIndex('do-not-call', '+4915112345678'));
    expect((await api.get(`/api/call-users/${answer.body.id}`, linde.key)).body).toEqual(answer.body);
  });

  it('without consent is planned, and said not to be called', async () => {
    expect(await addUser(api, linde, { consent: undefined })).toMatchObject({ stopped: 'no-consent' });
  });

  it('may have a window over midnight', async () => {
    // Legal hours are 08:00 to 21:00: of this window 20:00 to 21:00 and 08:00 to 09:00 are left.
    const user = await addUser(api, linde, { windowFrom: '20:00', windowTo: '09:00', callTime: '20:30' });
    expect(user.nextCallAt).toBe('2026-03-02T19:30:00.000Z');
  });

  it.each([
    ['an unknown zone', { timeZone: 'Mars/Olympus' }, 'timeZone', 'IANA'],
    ['25:00', { callTime: '25:00' }, 'callTime', 'HH:MM'],
    ['quiet all day', { quietFrom: '06:00', quietTo: '06:00' }, 'quietTo', 'quiet all day'],
    ['an empty window', { windowFrom: '10:00', windowTo: '10:00' }, 'windowTo', '00:00 to 24:00'],
    ['a window at night', { windowFrom: '22:00', windowTo: '05:00' }, 'windowFrom', 'legal'],
    ['a time in the quiet hours', { quietFrom: '17:00', quietTo: '19:00' }, 'callTime', 'choose a time'],
    ['half of the quiet hours', { quietFrom: '17:00' }, 'quietTo', 'both'],
    ['no weekday', { weekdays: [] }, 'weekdays', 'Monday'],
    ['an eighth weekday', { weekdays: [8] }, 'weekdays', 'Sunday'],
    ['no attempts', { maxAttempts: 0 }, 'maxAttempts', '1 to 10'],
    ['a delay for an unknown outcome', { retryDelays: { asleep: 5 } }, 'retryDelays', 'no-answer'],
    ['a number that cannot be dialled', { phone: '12345' }, 'phone', 'country code'],
    ['a script that is not there', { script: 'nope' }, 'script', 'Use one of'],
    ['an e-mail to nowhere', { notifyChannels: ['email'] }, 'notifyChannels', 'address'],
    ['consent of tomorrow', { consent: undefined, consentAt: '2026-03-03T00:00:00Z' }, 'consentAt', 'future'],
    ['a locale that is none', { locale: 'not a locale' }, 'locale', 'language tag'],
  ])('with %s is refused with what to do', async (_name, fields, path, advice) => {
    const answer = await post({
      ...{ phone: newNumber(), timeZone: 'Europe/Berlin', callTime: '18:00', consent: true },
      ...fields,
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'impossible-settings']);
    expect(answer.body.errors).toEqual([{ path, message: expect.stringContaining(advice) }]);
  });

  it('tells every wrong field at once; a wrong shape is a 400', async () => {
    const all = await post({ phone: '1', timeZone: 'X', callTime: '25:00', weekdays: [9] });
    const paths = all.body.errors.map((error: { path: string }) => error.path);
    expect([all.status, paths.sort()]).toEqual([422, ['callTime', 'phone', 'timeZone', 'weekdays']]);
    const shape = await post({
      callTime: 9,
      provider: 'nobody',
      nonsense: 1,
      consent: true,
      consentAt: null,
    });
    const shapes = shape.body.errors.map((error: { path: string }) => error.path).sort();
    expect([shape.status, shapes]).toEqual([400, ['callTime', 'nonsense', 'phone', 'provider', 'timeZone']]);
    expect((await post({ phone: newNumber(), timeZone: 'UTC', consent: true, consentAt: null })).status).toBe(
      400,
    );
  });

  it('needs an external id of its own; that of a deleted user brings it back', async () => {
    const { id } = await addUser(api, linde, { externalId: 'twice' });
    const body = { externalId: 'twice', phone: newNumber(), timeZone: 'Europe/Berlin', callTime: '18:00' };
    expect((await post(body)).body.code).toBe('external-id-taken');
    expect((await post(body, ahorn.key)).status).toBe(201);
    await openDay(api, linde, id);
    await endDay(api, id, 'completed');
    await remove(id);
    const back = await post({ ...body, consent: true });
    // Called today already: bringing the user back does not bring a second call.
    expect([back.status, back.body.id, back.body.deletedAt]).toEqual([201, id, null]);
    expect(back.body.nextCallAt).toBe('2026-03-03T17:00:00.000Z');
  });

  it('of two requests at once with one external id is made once', async () => {
    const body = { externalId: 'race', phone: newNumber(), timeZone: 'Europe/Berlin', callTime: '18:00' };
    const answers = await Promise.all(Array.from({ length: 4 }, () => post(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('is put into a company by an operator who names it', async () => {
    const body = { phone: newNumber(), timeZone: 'Europe/Berlin' };
    expect((await post(body, api.operatorKey)).status).toBe(400);
    const named = await send(api, 'POST', '/api/call-users?company=ahorn', api.operatorKey, body);
    expect([named.status, named.body.company]).toEqual([201, 'ahorn']);
  });
});

describe('a change', () => {
  it.each([
    ['callTime', { callTime: '19:00' }, '2026-03-02T18:00:00.000Z'],
    ['timeZone', { timeZone: 'Europe/Lisbon' }, '2026-03-02T18:00:00.000Z'],
    ['weekdays', { weekdays: [3] }, '2026-03-04T17:00:00.000Z'],
    ['windowTo and callTime', { windowTo: '12:00', callTime: '11:30' }, '2026-03-02T10:30:00.000Z'],
    ['quiet hours', { quietFrom: '12:00', quietTo: '13:00' }, '2026-03-02T17:00:00.000Z'],
    ['callEnabled', { callEnabled: false }, null],
  ])('of %s plans anew', async (_name, change, nextCallAt) => {
    const { id } = await addUser(api, linde);
    const answer = await patch(id, change);
    expect([answer.status, answer.body.nextCallAt]).toEqual([200, nextCallAt]);
    if (nextCallAt === null) expect(answer.body.planProblem).toContain('disabled');
  });

  it('of the plan takes back an open day without a call and tells its run', async () => {
    const { id } = await addUser(api, linde);
    await openDay(api, linde, id);
    const answer = await patch(id, { callTime: '12:00' });
    expect(answer.body.nextCallAt).toBe('2026-03-02T11:00:00.000Z');
    expect(await api.db.selectFrom('daily_calls').where('user_id', '=', id).selectAll().execute()).toEqual(
      [],
    );
    expect(offeredNews(api)).toEqual([`daily-call.changed daily-call/${id}/${TODAY}`]);
    const event = await api.db
      .selectFrom('inbox_events')
      .selectAll()
      .where('entity', '=', `daily-call/${id}/${TODAY}`)
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({ source: 'api', status: 'pending', company_id: linde.id });
  });

  it('of the plan leaves a day with a call, and its day, alone', async () => {
    const { id } = await addUser(api, linde);
    await openDay(api, linde, id, { attempt: true });
    const answer = await patch(id, { timeZone: 'Pacific/Kiritimati', callTime: '20:00' });
    // There it is the 3rd already; at least six hours lie between two calls.
    expect(answer.body.nextCallLocal).toBe('2026-03-03T20:00:00+14:00[Pacific/Kiritimati]');
    expect(
      await api.db.selectFrom('daily_calls').where('user_id', '=', id).selectAll().execute(),
    ).toHaveLength(1);
    expect(offeredNews(api)).toEqual([`daily-call.changed daily-call/${id}/${TODAY}`]);
  });

  it.each([
    ['paused', { paused: true }],
    ['a number', { phone: '+4915119999999' }],
    ['consent withdrawn', { consent: false }],
    ['fewer attempts', { maxAttempts: 1 }],
    ['a name', { name: 'Max' }],
  ])('of %s tells the run of an open day and keeps the day', async (_name, change) => {
    const { id, nextCallAt } = await addUser(api, linde);
    await openDay(api, linde, id);
    const answer = await patch(id, change);
    expect([answer.status, answer.body.nextCallAt]).toEqual([200, nextCallAt]);
    expect(offeredNews(api)).toEqual([`daily-call.changed daily-call/${id}/${TODAY}`]);
    expect(
      await api.db.selectFrom('daily_calls').where('user_id', '=', id).selectAll().execute(),
    ).toHaveLength(1);
  });

  it('that changes nothing does nothing', async () => {
    const { id } = await addUser(api, linde, { retryDelays: { busy: 5, 'no-answer': null } });
    await openDay(api, linde, id);
    const before = await rowOf(id);
    const same = { callTime: '18:00', retryDelays: { 'no-answer': null, busy: 5 }, consent: true };
    expect((await patch(id, same)).status).toBe(200);
    expect(await rowOf(id)).toEqual(before);
    expect(api.offered).toEqual([]);
  });

  it('that is impossible changes nothing, also not in part', async () => {
    const { id } = await addUser(api, linde, { email: 'a@b.example', notifyChannels: ['email'] });
    const before = await rowOf(id);
    const answer = await patch(id, { name: 'New', callTime: '25:00' });
    expect([answer.status, answer.body.errors[0].path]).toEqual([422, 'callTime']);
    expect((await patch(id, { email: null })).body.errors[0].path).toBe('notifyChannels');
    expect((await patch(id, { windowTo: '17:00' })).body.errors[0].path).toBe('callTime');
    expect(await rowOf(id)).toEqual(before);
  });

  it('of the external id to a taken one is a conflict', async () => {
    await addUser(api, linde, { externalId: 'taken' });
    const { id } = await addUser(api, linde);
    expect((await patch(id, { externalId: 'taken' })).body.code).toBe('external-id-taken');
  });

  it('by two requests at once loses neither', async () => {
    const { id } = await addUser(api, linde);
    await Promise.all([patch(id, { callTime: '17:30' }), patch(id, { weekdays: [4, 5, 4] })]);
    expect((await api.get(`/api/call-users/${id}`, linde.key)).body).toMatchObject({
      callTime: '17:30',
      weekdays: [4, 5],
      nextCallAt: '2026-03-05T16:30:00.000Z',
    });
  });
});

describe('delete', () => {
  it('ends the plan, stops an open day, and is the same a second time', async () => {
    const { id } = await addUser(api, linde);
    await openDay(api, linde, id, { attempt: true });
    const answer = await remove(id);
    expect([answer.status, answer.body.nextCallAt, answer.body.stopped]).toEqual([200, null, 'deleted']);
    expect(answer.body.deletedAt).toBe(NOW.toISOString());
    expect(offeredNews(api)).toEqual([`daily-call.changed daily-call/${id}/${TODAY}`]);
    expect((await remove(id)).body).toEqual(answer.body);
    expect(api.offered).toHaveLength(1);
    expect((await patch(id, { name: 'x' })).body.code).toBe('call-user-deleted');
  });
});

describe('what belongs to another company', () => {
  it('is not there', async () => {
    const { id } = await addUser(api, ahorn);
    const before = await rowOf(id);
    for (const answer of [await patch(id, { name: 'x' }), await remove(id)]) expect(answer.status).toBe(404);
    expect(await rowOf(id)).toEqual(before);
    expect((await api.get(`/api/call-users/${id}`, linde.key)).status).toBe(404);
    expect((await api.get(`/api/call-users/${id}/days`, linde.key)).status).toBe(404);
    expect((await api.get(`/api/call-users/${id}`, api.operatorKey)).status).toBe(200);
    expect((await patch(randomUUID(), {})).status).toBe(404);
    expect((await api.get('/api/call-users?company=ahorn', linde.key)).status).toBe(403);
  });
});

describe('the list', () => {
  it('pages, filters, and leaves deleted users out', async () => {
    const company = await addCompany(api.db, 'buche');
    const users: { id: string; phone: string }[] = [];
    for (let each = 0; each < 5; each += 1) {
      users.push(await addUser(api, company, { externalId: `b-${each}`, paused: each === 0 }));
    }
    await remove(users[4]!.id, company.key);
    const list = (query: string) => api.get(`/api/call-users?${query}`, company.key);
    const first = await list('limit=3');
    const second = await list(`limit=3&cursor=${first.body.nextCursor}`);
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(ids).toEqual([3, 2, 1, 0].map((index) => users[index]!.id));
    expect(second.body.nextCursor).toBeNull();
    const idsOf = async (query: string) =>
      (await list(query)).body.items.map((item: { id: string }) => item.id);
    expect(await idsOf('externalId=b-2')).toEqual([users[2]!.id]);
    expect(await idsOf(`phone=${encodeURIComponent(users[1]!.phone)}`)).toEqual([users[1]!.id]);
    expect(await idsOf('paused=true')).toEqual([users[0]!.id]);
    expect(await idsOf('deleted=true')).toEqual([users[4]!.id]);
  });
});
