import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearAlert, raiseAlert } from '../../db/alerts.ts';
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

const refused = (company: TestCompany) =>
  ({ kind: 'vendor-key-refused', companyId: company.id, entity: 'calcom' }) as const;

describe('GET /api/alerts', () => {
  it('shows an alert once however often it is found, with its newest detail and its runbook', async () => {
    expect(await raiseAlert(api.db, { ...refused(linde), detail: { status: 401 } })).toBe(true);
    expect(await raiseAlert(api.db, { ...refused(linde), detail: { status: 403 } })).toBe(false);
    const { body } = await api.get('/api/alerts', linde.key);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      company: 'linde',
      kind: 'vendor-key-refused',
      runbook: 'a-key-is-refused',
      entity: 'calcom',
      detail: { status: 403 },
      timesSeen: 2,
      clearedAt: null,
    });
  });

  it('shows a company its own alerts only, and those that stand when asked so', async () => {
    await raiseAlert(api.db, refused(ahorn));
    expect(await clearAlert(api.db, refused(ahorn))).toBe(true);
    expect(await clearAlert(api.db, refused(ahorn))).toBe(false);
    const standing = await api.get('/api/alerts?standing=true', ahorn.key);
    expect(standing.body.items).toEqual([]);
    const over = await api.get('/api/alerts?standing=false', ahorn.key);
    expect(over.body.items).toMatchObject([{ company: 'ahorn', clearedAt: expect.any(String) }]);
  });

  it('raises again what comes back after it was over', async () => {
    expect(await raiseAlert(api.db, refused(ahorn))).toBe(true);
    const { body } = await api.get('/api/alerts', ahorn.key);
    expect(body.items).toHaveLength(2);
  });
});
