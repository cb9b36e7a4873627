import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => api.close());

const change = (body: unknown, key: string, query = '') => api.patch(`/api/retention${query}`, body, key);
const installation = {
  recordings: { days: 90, setBy: 'installation' },
  transcripts: { days: 365, setBy: 'installation' },
};

it('is that of the installation until a company sets its own, field by field', async () => {
  expect((await api.get('/api/retention', linde.key)).body).toEqual(installation);
  const changed = await change({ recordingsDays: 30 }, linde.key);
  expect(changed.body).toEqual({ ...installation, recordings: { days: 30, setBy: 'company' } });
  expect((await change({ transcriptsDays: 0 }, linde.key)).body).toEqual({
    recordings: { days: 30, setBy: 'company' },
    transcripts: { days: null, setBy: 'company' },
  });
  expect((await change({ recordingsDays: null, transcriptsDays: null }, linde.key)).body).toEqual(
    installation,
  );
});

it('concerns nobody else, and says in the audit log who changed what', async () => {
  await change({ recordingsDays: 7 }, linde.key);
  expect((await api.get('/api/retention', ahorn.key)).body).toEqual(installation);
  expect((await change({ recordingsDays: 1 }, ahorn.key, '?company=linde')).status).toBe(403);
  expect((await change({ recordingsDays: 8 }, api.operatorKey, '?company=linde')).body.recordings.days).toBe(
    8,
  );
  const lines = await api.db
    .selectFrom('audit_log')
    .where('action', '=', 'retention.change')
    .where('entity', '=', linde.id)
    .select(['actor', 'detail'])
    .orderBy('id', 'desc')
    .limit(2)
    .execute();
  expect(lines).toEqual([
    { actor: 'operator', detail: { recordingsDays: 8 } },
    { actor: 'linde key', detail: { recordingsDays: 7 } },
  ]);
});

it.each([
  [{ recordingsDays: -1 }, 'recordingsDays'],
  [{ transcriptsDays: 1.5 }, 'transcriptsDays'],
  [{ recordingsDays: '30' }, 'recordingsDays'],
  [{ recordingsDays: 4_000 }, 'recordingsDays'],
  [{ days: 3 }, 'days'],
  [{}, ''],
])('refuses %j and names the field', async (body, path) => {
  const answer = await change(body, linde.key);
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
  expect(answer.body.errors.map((each: { path: string }) => each.path)).toContain(path);
});
