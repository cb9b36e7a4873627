import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCalendarSecrets } from '../../../api/webhooks/calendar-secrets.ts';
import { verifyCalcomSignature } from '../../../integrations/calcom/webhook.ts';
import type { Answer } from '../support.ts';
import { CALCOM_KEY, type CompaniesFixture, company, startCompanies, wrong } from './fixture.ts';

let world: CompaniesFixture;
let slug: string;
let companyKey: string;
let companyId: string;
beforeAll(async () => {
  world = await startCompanies();
  await world.cal.seed({
    calcom: {
      users: [{ id: 900, name: 'Eve', email: 'eve@other.example', username: 'eve', timeZone: 'UTC' }],
      apiKeys: [
        { key: 'cal_live_new', userId: 100, organizationId: 100 },
        { key: 'cal_live_eve', userId: 900 },
      ],
    },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  const made = await world.onboard(company());
  slug = made.body.company.slug;
  companyKey = made.body.apiKey;
  companyId = made.body.company.id;
});

const change = (body: unknown, key = world.api.operatorKey): Promise<Answer> =>
  world.api.patch(`/api/companies/${slug}`, body, key);
const audit = async () =>
  (
    await world.api.db
      .selectFrom('audit_log')
      .where('entity', '=', `company/${companyId}`)
      .orderBy('id')
      .select(['action', 'detail'])
      .execute()
  ).slice(1);

describe('PATCH /api/companies/{slug}', () => {
  it('changes what is given, and no more', async () => {
    const before = (await world.api.get(`/api/companies/${slug}`, companyKey)).body;
    const answer = await change({
      name: 'Neuer Name',
      smsEnabled: true,
      limits: { smsPerDayPerCustomer: 7 },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      company: {
        ...before,
        name: 'Neuer Name',
        smsEnabled: true,
        limits: { ...before.limits, smsPerDayPerCustomer: 7 },
      },
      warnings: [],
    });
    const reset = await change({ limits: { apiCallsPerMinute: null } });
    expect(reset.body.company.limits).toMatchObject({ apiCallsPerMinute: 60, smsPerDayPerCustomer: 7 });
    expect((await audit()).map(({ action, detail }) => [action, detail.changed])).toEqual([
      ['company.update', ['name', 'smsEnabled', 'limits.smsPerDayPerCustomer']],
      ['company.update', ['limits.apiCallsPerMinute']],
    ]);
  });

  it('asks Cal.com before it saves a key, and does not touch the circuit of the old one', async () => {
    const refused = await change({ keys: { calcom: 'cal_live_wrong' } });
    expect([refused.status, Object.keys(wrong(refused))]).toEqual([400, ['keys.calcom']]);
    const blind = await change({ keys: { calcom: 'cal_live_eve' } });
    expect(wrong(blind)).toEqual({
      'keys.calcom': 'does not see the event types 101, 102, which the company books',
    });
    expect(await world.api.deps.pool.query('SELECT 1 FROM circuit_breakers')).toMatchObject({ rowCount: 0 });
    expect(await audit()).toEqual([]);

    const taken = await change({ keys: { calcom: 'cal_live_new' } });
    expect(taken.body.company.keys.calcom).toEqual({ set: true, last4: '_new' });
    expect(taken.text).not.toContain('cal_live_new');
    expect(await audit()).toEqual([{ action: 'company.update', detail: { changed: ['keys.calcom'] } }]);
  });

  it('changes the secret here and at Cal.com, and takes what was signed with the old one', async () => {
    const { db, vault } = world.api.deps;
    let nowMs = Date.now();
    const secrets = createCalendarSecrets(db, vault, () => nowMs);
    const signedWith = async (secret: string, anew = false) => {
      const rawBody = Buffer.from('{}');
      const header = createHmac('sha256', secret).update(rawBody).digest('hex');
      const known = await secrets.find(slug, anew);
      return verifyCalcomSignature({ rawBody, header, secrets: known?.secrets ?? [] }).ok;
    };
    const subscription = async () =>
      (await world.subscriptions(CALCOM_KEY)).find(({ subscriberUrl }) => subscriberUrl.endsWith(`=${slug}`));
    const old = (await subscription())?.secret as string;
    expect(await signedWith(old)).toBe(true);

    const answer = await change({ keys: { calcomWebhookSecret: 'the-secret-that-is-new' } });
    expect(answer.body.warnings).toEqual([]);
    expect((await subscription())?.secret).toBe('the-secret-that-is-new');
    expect(await signedWith('the-secret-that-is-new')).toBe(false);
    nowMs += 1_000;
    expect(await signedWith('the-secret-that-is-new', true)).toBe(true);
    expect(await signedWith(old)).toBe(true);
    const path = `/api/companies/${slug}/calendar-webhook-secret`;
    const own = await world.api.post(path, { secret: 'the-secret-of-the-company' }, companyKey);
    expect(own.body).toMatchObject({ isSet: true, subscribed: true, warnings: [] });
    expect((await subscription())?.secret).toBe('the-secret-of-the-company');
  });

  it.each([
    [{}, '', 'must change something'],
    [{ keys: {} }, 'keys', 'must change something'],
    [{ slug: 'other' }, 'slug', 'is not known here'],
    [{ limits: { apiCallsPerMinute: -1 } }, 'limits.apiCallsPerMinute', expect.any(String)],
    [{ keys: { calcom: 'with space' } }, 'keys.calcom', 'must be printable ASCII without spaces'],
  ])('refuses %j', async (body, path, message) => {
    const answer = await change(body);
    expect([answer.status, wrong(answer)[path]]).toEqual([400, message]);
  });

  it('is for operators, and knows no company that is not there', async () => {
    expect((await change({ name: 'Mine' }, companyKey)).status).toBe(403);
    expect(
      (await world.api.patch('/api/companies/nobody', { name: 'x' }, world.api.operatorKey)).status,
    ).toBe(404);
  });
});

describe('closing a company', () => {
  it('shuts its keys out until it is opened again', async () => {
    const close = { reason: 'contract ended' };
    const path = `/api/companies/${slug}`;
    const closed = await world.api.post(`${path}/deactivate`, close, world.api.operatorKey);
    expect([closed.status, closed.body.active]).toEqual([200, false]);
    expect((await world.api.get(path, companyKey)).status).toBe(401);
    await world.api.post(`${path}/deactivate`, close, world.api.operatorKey);
    const opened = await world.api.post(`${path}/reactivate`, {}, world.api.operatorKey);
    expect([opened.status, opened.body.active]).toEqual([200, true]);
    expect((await world.api.get(path, companyKey)).body.active).toBe(true);
    expect((await audit()).map(({ action, detail }) => [action, detail.reason])).toEqual([
      ['company.deactivate', 'contract ended'],
      ['company.reactivate', null],
    ]);
  });
});

describe('GET /api/companies', () => {
  it('shows operators all, a company itself', async () => {
    const all = await world.api.get('/api/companies?limit=2', world.api.operatorKey);
    expect(all.body.items).toHaveLength(2);
    expect(all.body.items[0].slug).toBe(slug);
    const own = await world.api.get('/api/companies', companyKey);
    expect(own.body.items.map((item: { slug: string }) => item.slug)).toEqual([slug]);
    const closed = await world.api.get('/api/companies?active=false', world.api.operatorKey);
    expect(closed.body.items).toEqual([]);
    const other = all.body.items[1].slug;
    expect((await world.api.get(`/api/companies/${other}`, companyKey)).status).toBe(404);
  });
});
