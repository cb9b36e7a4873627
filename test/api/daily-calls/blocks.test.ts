import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../support.ts';
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
beforeEach(async () => {
  await api.db.deleteFrom('daily_calls').execute();
  await api.db.deleteFrom('call_pauses').execute();
  api.offered.length = 0;
});

const changed = (id: string) => `daily-call.changed daily-call/${id}/${TODAY}`;

describe('the do-not-call list', () => {
  const list = (body: object, key = linde.key) => send(api, 'POST', '/api/do-not-call', key, body);
  const check = async (phone: string, key = linde.key) =>
    (await api.get(`/api/do-not-call/check?phone=${encodeURIComponent(phone)}`, key)).body;
  const remove = (id: string, key = linde.key, query = '') =>
    send(api, 'DELETE', `/api/do-not-call/${id}${query}`, key);

  it("wakes the open days of the company's users with that number, and no other", async () => {
    const phone = newNumber();
    const mine = await addUser(api, linde, { phone });
    const theirs = await addUser(api, ahorn, { phone });
    const other = await addUser(api, linde);
    const ended = await addUser(api, linde, { phone });
    await openDay(api, linde, ended.id);
    await endDay(api, ended.id, 'completed');
    await openDay(api, linde, mine.id);
    await openDay(api, ahorn, theirs.id);
    await openDay(api, linde, other.id);
    const answer = await list({ phone: phone.replace('+49', '0'), reason: 'asked on the phone' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ company: 'linde', reason: 'asked on the phone' });
    expect(offeredNews(api)).toEqual([changed(mine.id)]);
    expect((await api.get(`/api/call-users/${mine.id}`, linde.key)).body.stopped).toBe('do-not-call');
    expect((await api.get(`/api/call-users/${theirs.id}`, ahorn.key)).body.stopped).toBeNull();
  });

  it('keeps no number, and tells whether one is listed', async () => {
    const phone = newNumber();
    const { body } = await list({ phone, reason: 'letter' });
    const listed = await api.get('/api/do-not-call?limit=1', linde.key);
    expect(listed.body.items).toEqual([body]);
    expect(listed.text).not.toContain(phone.slice(4));
    expect(await check(phone)).toEqual({ listed: true, entries: [body] });
    expect(await check(phone, ahorn.key)).toEqual({ listed: false, entries: [] });
    expect((await api.get(`/api/do-not-call/check?phone=${phone}`, linde.key)).body.listed).toBe(true);
    expect((await check(phone, api.operatorKey)).listed).toBe(true);
    expect((await check('12')).status).toBe(422);
    expect((await list({ phone, reason: 'again' })).body).toEqual(body);
  });

  it('pages over companies', async () => {
    for (let each = 0; each < 3; each += 1) await list({ phone: newNumber(), reason: `page ${each}` });
    const first = await api.get('/api/do-not-call?limit=2', linde.key);
    const second = await api.get(`/api/do-not-call?limit=2&cursor=${first.body.nextCursor}`, linde.key);
    const reasons = [...first.body.items, ...second.body.items].map(({ reason }) => reason);
    expect(reasons.slice(0, 3)).toEqual(['page 2', 'page 1', 'page 0']);
    expect((await api.get('/api/do-not-call?cursor=x', linde.key)).status).toBe(400);
  });

  it('takes a listing for everybody from an operator only', async () => {
    const phone = newNumber();
    const mine = await addUser(api, linde, { phone });
    const theirs = await addUser(api, ahorn, { phone });
    await openDay(api, linde, mine.id);
    await openDay(api, ahorn, theirs.id);
    expect((await list({ phone, reason: 'law', everywhere: true })).status).toBe(403);
    expect((await list({ phone, reason: 'law' }, api.operatorKey)).status).toBe(400);
    const { body } = await list({ phone, reason: 'law', everywhere: true }, api.operatorKey);
    expect(body.company).toBeNull();
    expect(offeredNews(api)).toEqual([changed(mine.id), changed(theirs.id)].sort());
    expect((await check(phone)).listed).toBe(true);
    expect((await remove(body.id)).status).toBe(404);
    expect((await remove(body.id, linde.key, '?everywhere=true')).status).toBe(403);
    expect((await remove(body.id, api.operatorKey, '?everywhere=true')).status).toBe(200);
    expect((await check(phone)).listed).toBe(false);
  });

  it('is cleared one listing at a time, by whose it is', async () => {
    const phone = newNumber();
    const { body } = await list({ phone, reason: 'mine' });
    await list({ phone, reason: 'theirs' }, ahorn.key);
    expect((await remove(body.id)).body).toMatchObject({ id: body.id, reason: 'mine' });
    expect((await remove(body.id)).status).toBe(404);
    expect((await remove('xyz')).status).toBe(400);
    expect([(await check(phone)).listed, (await check(phone, ahorn.key)).listed]).toEqual([false, true]);
    const audit = await api.db.selectFrom('audit_log').selectAll().where('entity', '=', body.id).execute();
    expect(audit.map(({ action }) => action)).toContain('do-not-call.remove');
  });

  it('takes only numbers', async () => {
    const answer = await list({ phone: 'call me', reason: 'x' });
    expect([answer.status, answer.body.errors[0].path]).toEqual([422, 'phone']);
  });
});

describe('a pause', () => {
  const path = '/api/call-pauses';
  const pause = (key: string, query = '') => send(api, 'POST', path + query, key, { reason: 'fire drill' });
  const resume = (key: string, query = '') => send(api, 'DELETE', path + query, key);
  const stopped = async (id: string) =>
    (await api.get(`/api/call-users/${id}`, api.operatorKey)).body.stopped;

  it('of a company is its own; resuming wakes its open days', async () => {
    const mine = await addUser(api, linde);
    const theirs = await addUser(api, ahorn);
    await openDay(api, linde, mine.id);
    await openDay(api, ahorn, theirs.id);
    const answer = await pause(linde.key);
    expect([answer.status, answer.body.company, answer.body.reason]).toEqual([201, 'linde', 'fire drill']);
    expect(api.offered).toEqual([]);
    expect([await stopped(mine.id), await stopped(theirs.id)]).toEqual(['paused', null]);
    expect((await api.get(path, ahorn.key)).body.items).toEqual([]);
    expect((await resume(ahorn.key)).status).toBe(404);
    expect((await resume(linde.key)).body).toEqual({ company: 'linde', openDays: 1 });
    expect(offeredNews(api)).toEqual([changed(mine.id)]);
    expect((await resume(linde.key)).status).toBe(404);
  });

  it('of everything is for operators; every company sees it, none can end it', async () => {
    const mine = await addUser(api, linde);
    const theirs = await addUser(api, ahorn);
    await openDay(api, linde, mine.id);
    await openDay(api, ahorn, theirs.id);
    expect((await pause(api.operatorKey)).body.company).toBeNull();
    expect((await pause(api.operatorKey, '?company=ahorn')).body.company).toBe('ahorn');
    expect((await pause(linde.key, '?company=ahorn')).status).toBe(403);
    expect([await stopped(mine.id), await stopped(theirs.id)]).toEqual(['paused', 'paused']);
    expect((await api.get(path, linde.key)).body.items).toMatchObject([{ company: null }]);
    expect((await api.get(path, api.operatorKey)).body.items).toMatchObject([
      { company: null },
      { company: 'ahorn' },
    ]);
    expect((await resume(linde.key)).status).toBe(404);
    expect((await resume(api.operatorKey)).body).toEqual({ company: null, openDays: 2 });
    expect(await stopped(theirs.id)).toBe('paused');
  });

  it('said twice is one pause, with the last reason', async () => {
    await pause(linde.key);
    const again = await send(api, 'POST', path, linde.key, { reason: 'still' });
    expect([again.status, again.body.reason]).toEqual([201, 'still']);
    expect((await api.get(path, linde.key)).body.items).toHaveLength(1);
    expect((await send(api, 'POST', path, linde.key, {})).status).toBe(400);
  });

  it('of a thousand days and more wakes them all', async () => {
    const { id } = await addUser(api, linde);
    const days = Array.from({ length: 1_203 }, (_, each) => new Date(Date.UTC(2020, 0, 1 + each)));
    const rows = days.map((day) => ({
      ...{ user_id: id, company_id: linde.id, local_tz: 'Europe/Berlin', outcome: null, reason: null },
      ...{ local_date: day.toISOString().slice(0, 10), due_at: day },
    }));
    await api.db.insertInto('daily_calls').values(rows).execute();
    await pause(linde.key);
    expect((await resume(linde.key)).body.openDays).toBe(1_203);
    expect(new Set(api.offered.map((event) => event.entity)).size).toBe(1_203);
  });
});
