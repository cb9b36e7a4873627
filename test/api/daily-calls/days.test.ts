import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../support.ts';
import { addUser, endDay, openDay, TODAY } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;
let erika: { id: string };
let attemptId: string;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
  erika = await addUser(api, linde, { externalId: 'erika' });
  await openDay(api, linde, erika.id, { localDate: '2026-02-28' });
  await openDay(api, linde, erika.id, { localDate: '2026-03-01' });
  await endDay(api, erika.id, 'not-reached');
  attemptId = (await openDay(api, linde, erika.id, { attempt: true })) ?? '';
  await openDay(api, ahorn, (await addUser(api, ahorn)).id);
  const { person_id } = await api.db
    .selectFrom('call_users')
    .where('id', '=', erika.id)
    .select('person_id')
    .executeTakeFirstOrThrow();
  const { wrapped_key } = await api.db
    .selectFrom('person_keys')
    .where('id', '=', person_id)
    .select('wrapped_key')
    .executeTakeFirstOrThrow();
  const key = api.deps.vault.openPersonKey(wrapped_key);
  await api.db
    .updateTable('call_attempts')
    .set({
      transcript_sealed: key.seal('call_attempts.transcript', 'Agent: Good evening.'),
      recording_url_sealed: key.seal('call_attempts.recording_url', 'https://recordings.example/1'),
      analysis_sealed: key.seal('call_attempts.analysis', JSON.stringify({ summary: 'A short talk.' })),
      analysis_status: 'done',
    })
    .where('id', '=', attemptId)
    .execute();
  await api.db
    .insertInto('call_notices')
    .values({ attempt_id: attemptId, channel: 'sms', status: 'sent', reason: null, vendor_ref: 'SM1' })
    .execute();
});
afterAll(() => api.close());

const datesOf = (body: { items: { localDate: string }[] }) => body.items.map(({ localDate }) => localDate);

it("shows a user's days with their attempts, without what was said", async () => {
  const answer = await api.get(`/api/call-users/${erika.id}/days`, linde.key);
  expect(datesOf(answer.body)).toEqual([TODAY, '2026-03-01', '2026-02-28']);
  expect(answer.body.items[0]).toMatchObject({
    ...{ userId: erika.id, company: 'linde', externalId: 'erika', status: 'open', outcome: null },
    attempts: [{ id: attemptId, number: 1, status: 'dialled', analysisStatus: 'done' }],
  });
  expect(answer.body.items[1]).toMatchObject({ status: 'ended', outcome: 'not-reached', attempts: [] });
  expect(answer.text).not.toContain('Good evening');
});

it('pages and filters days', async () => {
  const list = async (query: string, key = linde.key) =>
    (await api.get(`/api/daily-calls?${query}`, key)).body;
  const first = await list('limit=2');
  const second = await list(`limit=2&cursor=${first.nextCursor}`);
  expect([...datesOf(first), ...datesOf(second)]).toEqual([TODAY, '2026-03-01', '2026-02-28']);
  expect(second.nextCursor).toBeNull();
  expect(datesOf(await list('status=open'))).toEqual([TODAY]);
  expect(datesOf(await list('outcome=not-reached&date=2026-03-01'))).toEqual(['2026-03-01']);
  expect(datesOf(await list('outcome=completed'))).toEqual([]);
  expect(datesOf(await list(`date=${TODAY}`, api.operatorKey))).toEqual([TODAY, TODAY]);
  expect((await list('date=2026-02-30')).code).toBe('invalid-request');
  expect((await list('outcome=nonsense')).errors[0].path).toBe('outcome');
});

it('opens one attempt to its company only, and nothing once the person was erased', async () => {
  const answer = await api.get(`/api/call-attempts/${attemptId}`, linde.key);
  expect(answer.body).toMatchObject({
    ...{ company: 'linde', userId: erika.id, localDate: TODAY },
    transcript: 'Agent: Good evening.',
    recordingUrl: 'https://recordings.example/1',
    analysis: { summary: 'A short talk.' },
    notices: [{ channel: 'sms', status: 'sent', reason: null, sentAt: null }],
  });
  expect((await api.get(`/api/call-attempts/${attemptId}`, ahorn.key)).status).toBe(404);
  expect((await api.get('/api/call-attempts/1', linde.key)).status).toBe(400);
  await api.db
    .updateTable('person_keys')
    .set({ wrapped_key: Buffer.alloc(0) })
    .execute();
  const erased = (await api.get(`/api/call-attempts/${attemptId}`, linde.key)).body;
  expect(erased).toMatchObject({ transcript: null, analysis: null, recordingUrl: null, status: 'dialled' });
});
