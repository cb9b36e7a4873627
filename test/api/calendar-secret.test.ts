import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;
const path = '/api/companies/linde/calendar-webhook-secret';

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => api.close());

it('is set, never shown, and noted with who has set it', async () => {
  const before = await api.get(path, linde.key);
  expect(before.body).toMatchObject({
    company: 'linde',
    isSet: false,
    changedAt: null,
    subscriberUrl: expect.stringContaining('/api/webhooks/calcom?company=linde'),
    triggers: expect.arrayContaining(['BOOKING_CREATED', 'BOOKING_REQUESTED', 'BOOKING_NO_SHOW_UPDATED']),
  });
  const secret = 'a secret of sixteen characters';
  const set = await api.post(path, { secret }, linde.key);
  expect(set.status).toBe(200);
  expect(set.body).toMatchObject({ isSet: true, changedAt: expect.any(String) });
  expect(set.text + (await api.get(path, linde.key)).text + api.log.join()).not.toContain(secret);
  const row = await api.db
    .selectFrom('companies')
    .where('id', '=', linde.id)
    .select('calcom_webhook_secret_sealed')
    .executeTakeFirstOrThrow();
  expect(row.calcom_webhook_secret_sealed!.includes(secret)).toBe(false);
  const audit = await api.db
    .selectFrom('audit_log')
    .where('action', '=', 'calendar-webhook-secret.set')
    .selectAll()
    .execute();
  expect(audit).toMatchObject([{ actor: 'linde key', entity: `company/${linde.id}` }]);
  expect(JSON.stringify(audit)).not.toContain(secret);
});

it.each([
  ['no secret', {}, 'secret'],
  ['a short one', { secret: 'short' }, 'secret'],
  ['something else beside it', { secret: 'long enough for anybody', more: 1 }, 'more'],
])('%s is refused, and the field is named', async (_what, body, field) => {
  const { status, body: problem } = await api.post(path, body, linde.key);
  expect([status, problem.errors[0].path]).toEqual([400, field]);
});

it('belongs to the company', async () => {
  expect((await api.get(path, ahorn.key)).status).toBe(403);
  expect((await api.post(path, { secret: 'a secret of sixteen characters' }, ahorn.key)).status).toBe(403);
});
