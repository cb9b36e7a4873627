import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../api/middleware/authenticate.ts';
import type { RequestContext } from '../../../api/middleware/request-context.ts';
import { onboard } from '../../../api/operations/companies/onboard.ts';
import { newCompany } from '../../../api/operations/companies/schema.ts';
import { everyRow, holds } from '../../support/traces.ts';
import { CALCOM_KEY, type CompaniesFixture, company, startCompanies, wrong } from './fixture.ts';

let world: CompaniesFixture;
beforeAll(async () => {
  world = await startCompanies();
});
afterAll(() => world.close());
afterEach(async () => {
  await fetch(`${world.cal.url}/_emulator/faults`, { method: 'DELETE' });
  await world.api.deps.pool.query('DELETE FROM circuit_breakers');
});

const tables = ['companies', 'phone_lines', 'staff', 'event_types', 'api_keys'] as const;
const counts = () => Promise.all(tables.map((table) => world.count(table)));

describe('POST /api/companies', () => {
  it('makes a company with everything, tells its first key once, and its keys never', async () => {
    const { api } = world;
    const body = company();
    const made = await world.onboard(body);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api/companies/${body.slug}`);
    expect(made.body.warnings).toEqual([]);
    expect(made.body.company).toMatchObject({
      slug: body.slug,
      active: true,
      limits: { apiCallsPerMinute: 30, callsAtOnce: 10 },
      keys: { calcom: { set: true, last4: CALCOM_KEY.slice(-4) }, calcomWebhookSecret: { set: true } },
      calendarWebhook: {
        subscribed: true,
        url: `https://desk.example/api/webhooks/calcom?company=${body.slug}`,
      },
      lines: [{ agentId: body.lines[0]?.agentId }],
      staff: [
        { email: 'jonas@salon-lindgruen.example', hours: [{ weekdays: [1], from: '16:00', to: '24:00' }] },
        { email: 'mara@salon-lindgruen.example', hours: body.staff[0]?.hours, timeZone: 'Europe/Berlin' },
      ],
      services: [
        {
          slug: 'haircut',
          offeredBy: [
            { staff: 'jonas@salon-lindgruen.example', eventTypeId: 102, active: true },
            { staff: 'mara@salon-lindgruen.example', eventTypeId: 101, active: true },
          ],
        },
      ],
    });
    const own = await api.get(`/api/companies/${body.slug}`, made.body.apiKey);
    expect(own.body).toEqual(made.body.company);
    for (const { text } of [made, own, await api.get('/api/companies', api.operatorKey)]) {
      expect(text).not.toContain(CALCOM_KEY);
    }
    expect(own.text).not.toContain(made.body.apiKey);

    const sealed = await api.db
      .selectFrom('companies')
      .where('slug', '=', body.slug)
      .select(['calcom_key_sealed', 'calcom_webhook_secret_sealed'])
      .executeTakeFirstOrThrow();
    expect(sealed.calcom_key_sealed?.includes(CALCOM_KEY)).toBe(false);
    const secret = api.deps.vault
      .open('company.calcom-webhook-secret', sealed.calcom_webhook_secret_sealed as Buffer)
      .toString();
    expect(await world.subscriptions(CALCOM_KEY)).toMatchObject([
      {
        subscriberUrl: made.body.company.calendarWebhook.url,
        secret,
        triggers: expect.arrayContaining(['BOOKING_CREATED', 'BOOKING_RESCHEDULED']),
      },
    ]);
    const audit = await api.db
      .selectFrom('audit_log')
      .where('entity', '=', `company/${made.body.company.id}`)
      .select(['actor', 'action', 'detail'])
      .execute();
    expect(audit).toMatchObject([{ actor: 'operator', action: 'company.create', detail: { staff: 2 } }]);
    // Nowhere else either: no row of any table, no line of the log.
    const kept = (await everyRow(api)).map(({ text }) => text).concat(api.log);
    for (const hidden of [CALCOM_KEY, secret, made.body.apiKey])
      expect(kept.filter((text) => holds(text, hidden))).toEqual([]);
  });

  it('is carried to its end by the same request when the process died right after it was saved', async () => {
    const body = company();
    const context = { requestId: 'died', traceParent: '' } as RequestContext;
    const caller = { companyId: null, name: 'operator', keyId: 'x' } as unknown as Caller;
    const parsed = newCompany.parse(body);
    const before = await onboard(world.api.deps, { body: parsed, idempotencyKey: 'died', caller, context });
    const answer = await world.onboard(body, 'died');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      apiKey: before.apiKey,
      company: { id: before.companyId, calendarWebhook: { subscribed: true } },
      warnings: [],
    });
    expect((await world.api.get(`/api/companies/${body.slug}`, before.apiKey)).status).toBe(200);
  });

  it('names everything that is wrong at once, and saves nothing', async () => {
    const first = company();
    expect((await world.onboard(first)).status).toBe(201);
    const before = await counts();
    const [line] = first.lines;
    const answer = await world.onboard(
      company({
        slug: first.slug,
        lines: [line, { number: '12345', agentId: 'agent_other' }],
        staff: [
          {
            name: 'Mara',
            email: 'mara@salon-lindgruen.example',
            hours: [
              { weekdays: [1, 2], from: '09:00', to: '13:00' },
              { weekdays: [2], from: '12:00', to: '18:00' },
              { weekdays: [4], from: '18:00', to: '09:00' },
            ],
          },
          {
            name: 'Eve',
            email: 'eve@nowhere.example',
            hours: [{ weekdays: [1], from: '09:00', to: '10:00' }],
          },
        ],
        services: [
          {
            slug: 'haircut',
            name: 'Haarschnitt',
            durationMin: 45,
            offeredBy: [
              { staff: 'mara@salon-lindgruen.example', eventTypeId: 102 },
              { staff: 'eve@nowhere.example', eventTypeId: 103 },
              { staff: 'nobody@salon-lindgruen.example', eventTypeId: 999 },
            ],
          },
          {
            slug: 'colour',
            name: 'Farbe',
            durationMin: 30,
            offeredBy: [
              { staff: 'mara@salon-lindgruen.example', eventTypeId: 111 },
              { staff: 'mara@salon-lindgruen.example', eventTypeId: 102 },
            ],
          },
        ],
      }),
    );
    expect(answer.status).toBe(400);
    expect(wrong(answer)).toEqual({
      slug: 'is taken',
      'lines.0.number': 'belongs to another company',
      'lines.0.agentId': 'answers a line of another company',
      'lines.1.number': 'is not a phone number that can be called',
      'staff.0.hours.1': 'overlaps hours.0 on Tuesday',
      'staff.0.hours.2.to': 'must be after `from`',
      'services.0.offeredBy.0.staff': 'is no host of the event type 102 at Cal.com',
      'services.0.offeredBy.1.staff': 'is no host of the event type 103 at Cal.com',
      'services.0.offeredBy.2.staff': 'does not stand in `staff`',
      'services.0.offeredBy.2.eventTypeId': 'is no event type that this key sees at Cal.com',
      'services.1.offeredBy.0.eventTypeId': 'lasts 120 minutes at Cal.com, not 30',
      'services.1.offeredBy.1.staff': expect.any(String),
      'services.1.offeredBy.1.eventTypeId': expect.any(String),
    });
    expect(await counts()).toEqual(before);
  });

  it.each([
    ['timeZone', 'Europe/Nowhere', 'must be an IANA time zone, e.g. Europe/Berlin'],
    ['timeZone', '+01:00', 'must be an IANA time zone, e.g. Europe/Berlin'],
    ['locale', 'deutsch!', 'must be a language tag, e.g. de-DE'],
    ['country', 'XX', 'must be an ISO 3166 country code, e.g. DE'],
    ['currency', 'EURO', 'must be an ISO 4217 code, e.g. EUR'],
    ['slug', 'Salon Neu', 'must be lower-case letters, digits and single hyphens'],
  ])('refuses %s %s', async (field, value, message) => {
    const answer = await world.onboard(company({ [field]: value }));
    expect([answer.status, wrong(answer)[field]]).toEqual([400, message]);
  });

  it('refuses a key that Cal.com refuses, on exactly its field', async () => {
    const before = await counts();
    const answer = await world.onboard(company({ keys: { calcom: 'cal_live_wrong' } }));
    expect(answer.status).toBe(400);
    expect(Object.keys(wrong(answer))).toEqual(['keys.calcom']);
    expect(wrong(answer)['keys.calcom']).toMatch(/^refused by Cal\.com \(401\)/);
    expect(answer.text).not.toContain('cal_live_wrong');
    expect(await counts()).toEqual(before);
  });

  it('saves nothing while Cal.com is away, and says which key could not be checked', async () => {
    const before = await counts();
    const body = company();
    await world.cal.fault({ vendor: 'calcom', operation: 'eventTypes.list', mode: 'status', status: 503 });
    const answer = await world.onboard(body, 'away');
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      code: 'key-not-checked',
      detail: expect.stringContaining('Nothing was saved'),
    });
    expect(Object.keys(wrong(answer))).toEqual(['keys.calcom']);
    expect(answer.headers.get('retry-after')).toBe('30');
    expect(await counts()).toEqual(before);
    await fetch(`${world.cal.url}/_emulator/faults`, { method: 'DELETE' });
    expect((await world.onboard(body, 'away')).status).toBe(201);
  });

  it('takes staff whose e-mail the key may not read, and says so', async () => {
    const shared = { id: 150, slug: 'any', title: 'Anyone', lengthInMinutes: 45, hosts: [100, 101] };
    await world.cal.seed({ calcom: { eventTypes: [{ ...shared, teamSlug: 'salon-lindgruen' }] } });
    const members = { vendor: 'calcom', operation: 'teams.memberships', mode: 'status', status: 403 };
    await world.cal.fault(members);
    const [haircut] = company().services;
    const offeredBy = ['mara', 'jonas'].map((name) => ({
      staff: `${name}@salon-lindgruen.example`,
      eventTypeId: 150,
    }));
    const answer = await world.onboard(company({ services: [{ ...haircut, offeredBy }] }));
    expect(answer.status).toBe(201);
    expect(answer.body.warnings.map(({ path }: { path: string }) => path)).toEqual([
      'services.0.offeredBy.1.staff',
    ]);
  });

  it('makes one company of ten requests at once, with one key', async () => {
    const before = await counts();
    const body = company();
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.onboard(body, 'ten')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body: { apiKey } }) => apiKey)).size).toBe(1);
    const [companies, lines, staff, eventTypes, keys] = before as [number, number, number, number, number];
    expect(await counts()).toEqual([companies + 1, lines + 1, staff + 2, eventTypes + 2, keys + 1]);
    const own = await world.api.get(`/api/companies/${body.slug}`, answers[0]?.body.apiKey);
    expect(own.status).toBe(200);
    const urls = (await world.subscriptions(CALCOM_KEY)).map(({ subscriberUrl }) => subscriberUrl);
    expect(urls.filter((url) => url.endsWith(`=${body.slug}`))).toHaveLength(1);

    const other = await world.onboard({ ...body, name: 'Other' }, 'ten');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('gives a slug and a line to one of two who want it at once', async () => {
    const body = company();
    const answers = await Promise.all([world.onboard(body), world.onboard({ ...body, name: 'Second' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(Object.keys(wrong(refused as never))).toEqual(['slug', 'lines.0.number', 'lines.0.agentId']);
  });

  it('is for operators', async () => {
    const made = await world.onboard(company());
    const answer = await world.api.post('/api/companies', company(), made.body.apiKey, {
      'idempotency-key': 'mine',
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'operators-only']);
  });
});

describe('the subscription to the calendar', () => {
  it('is found again after an answer that got lost, and made once', async () => {
    const body = company();
    await world.cal.fault({
      vendor: 'calcom',
      operation: 'webhooks.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    const made = await world.onboard(body, 'lost');
    expect(made.status).toBe(201);
    expect(made.body.company.calendarWebhook.subscribed).toBe(false);
    expect(wrong({ ...made, body: { errors: made.body.warnings } })).toEqual({
      calendarWebhook: expect.stringContaining('POST /api/companies/'),
    });
    const path = `/api/companies/${body.slug}/calendar-webhook`;
    await expect
      .poll(async () => (await world.api.post(path, {}, world.api.operatorKey)).body, { timeout: 10_000 })
      .toMatchObject({ company: { calendarWebhook: { subscribed: true } }, warnings: [] });
    const created = (await world.cal.ledger('operation=webhooks.create')).filter(({ request }) =>
      (request as { subscriberUrl: string }).subscriberUrl.endsWith(`=${body.slug}`),
    );
    expect(created).toHaveLength(1);
    const { rows } = await world.api.deps.pool.query(
      `SELECT status FROM effects WHERE entity = $1 AND operation LIKE 'webhooks.%'`,
      [`company/${made.body.company.id}`],
    );
    expect(rows).toEqual([{ status: 'done' }]);
  });

  it('is made again when somebody has deleted it at Cal.com, and left alone when it stands', async () => {
    const body = company();
    await world.onboard(body);
    const mine = async () =>
      (await world.subscriptions(CALCOM_KEY)).filter(({ subscriberUrl }) =>
        subscriberUrl.endsWith(`=${body.slug}`),
      ) as unknown as { id: string }[];
    const path = `/api/companies/${body.slug}/calendar-webhook`;
    const [first] = await mine();
    await world.api.post(path, {}, world.api.operatorKey);
    expect(await mine()).toEqual([first]);
    await fetch(`${world.cal.url}/calcom/v2/webhooks/${first?.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${CALCOM_KEY}` },
    });
    const again = await world.api.post(path, {}, world.api.operatorKey);
    expect([again.status, again.body.warnings]).toEqual([200, []]);
    expect(await mine()).toHaveLength(1);
  });

  it('is left to somebody else when that is wished', async () => {
    const body = company({
      calendarWebhook: 'leave',
      keys: { calcom: CALCOM_KEY, calcomWebhookSecret: 'a-secret-of-our-own' },
    });
    const { body: made } = await world.onboard(body);
    expect(made.company.calendarWebhook.subscribed).toBe(false);
    expect(made.company.keys.calcomWebhookSecret).toEqual({ set: true, last4: '-own' });
    const urls = (await world.subscriptions(CALCOM_KEY)).map(({ subscriberUrl }) => subscriberUrl);
    expect(urls.some((url) => url.endsWith(`=${body.slug}`))).toBe(false);
  });
});
