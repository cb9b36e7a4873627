import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCompany, POOL_SIZE, startTestApi, type TestApi, type TestCompany } from './support.ts';

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

const wish = (changes: Record<string, unknown> = {}) => ({
  service: 'haircut',
  date: '2026-03-03',
  time: '14:30',
  customer: { phone: '030 901820', name: 'Erika Muster' },
  ...changes,
});
const book = (body: unknown, key = randomUUID() as string, apiKey = linde.key, query = '') =>
  api.post(`/api/bookings${query}`, body, apiKey, { 'idempotency-key': key });
const count = async (table: 'booking_requests' | 'inbox_events' | 'customers' | 'idempotency_keys') => {
  const { rows } = await api.deps.pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`);
  return Number(rows[0]?.n);
};

async function waitingForLock(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    `SELECT count(*) AS n FROM pg_locks WHERE relation = 'idempotency_keys'::regclass AND NOT granted`,
  );
  return Number(rows[0]?.n);
}

describe('POST /api/bookings', () => {
  it('stores request, customer and event together, and hands the event over', async () => {
    const answer = await book(wish({ staff: 'ANNA@linde.example' }));
    expect(answer.status).toBe(202);
    const { appointmentId } = answer.body;
    expect(answer.body).toMatchObject({
      status: 'accepted',
      links: { self: `/api/bookings/${appointmentId}` },
    });
    expect(answer.headers.get('location')).toBe(`/api/bookings/${appointmentId}`);

    expect(api.offered).toMatchObject([
      {
        source: 'api',
        eventType: 'booking.requested',
        entity: `booking/${appointmentId}`,
        companyId: linde.id,
      },
    ]);
    const eventId = api.offered[0]?.id;
    const raw = await api.get(`/api/inbox-events/${eventId}/body`, linde.key);
    expect(JSON.parse(raw.text)).toMatchObject({
      appointmentId,
      companyId: linde.id,
      callId: null,
      source: 'api',
      serviceId: linde.serviceId,
      staffId: linde.staffId,
      startsAt: '2026-03-03T13:30:00.000Z',
    });
    expect(raw.text).not.toContain('Erika');

    const status = await api.get(`/api/bookings/${appointmentId}`, linde.key);
    expect(status.body).toMatchObject({
      status: 'accepted',
      service: 'haircut',
      staff: 'anna@linde.example',
      startsAt: '2026-03-03T13:30:00.000Z',
      alternatives: [],
    });
    const customer = await api.get(`/api/customers/${status.body.customerId}`, linde.key);
    expect(customer.body).toMatchObject({
      name: 'Erika Muster',
      phone: '+4930901820',
      timeZone: 'Europe/Berlin',
    });
    expect((await api.get(`/api/bookings/${appointmentId}`, ahorn.key)).status).toBe(404);
  });

  it('shows how it ended, with alternatives', async () => {
    const { appointmentId } = (await book(wish())).body;
    await api.db
      .updateTable('booking_requests')
      .set({
        status: 'slot-lost',
        detail: JSON.stringify({
          alternatives: [{ startsAt: '2026-03-03T15:00:00.000Z', staffId: linde.staffId }],
        }),
        finished_at: new Date(),
      })
      .where('appointment_id', '=', appointmentId)
      .execute();
    const { body } = await api.get(`/api/bookings/${appointmentId}`, linde.key);
    expect(body.status).toBe('slot-lost');
    expect(body.alternatives).toEqual([
      { startsAt: '2026-03-03T15:00:00.000Z', staff: 'anna@linde.example' },
    ]);
  });

  it('answers 20 concurrent posts of one key alike and books once', async () => {
    const [requests, events, customers] = [
      await count('booking_requests'),
      await count('inbox_events'),
      await count('customers'),
    ];
    const body = wish({ customer: { phone: '+4930901821' } });
    // No key can be taken while the table is locked, so that all look it up before one of them has it.
    const lock = new pg.Client({ connectionString: api.deps.env.DATABASE_URL });
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE idempotency_keys IN SHARE MODE');
    const posts = Array.from({ length: 20 }, () => book(body, 'twenty'));
    await expect.poll(() => waitingForLock(lock)).toBe(POOL_SIZE);
    await lock.query('COMMIT');
    await lock.end();
    const answers = await Promise.all(posts);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
    expect(await count('booking_requests')).toBe(requests + 1);
    expect(await count('inbox_events')).toBe(events + 1);
    expect(await count('customers')).toBe(customers + 1);
    expect(api.offered).toHaveLength(1);
  });

  it('makes one customer of 10 concurrent bookings of one new number', async () => {
    const before = await count('customers');
    const body = wish({ customer: { phone: '+4930901822' } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => book(body)));
    expect(new Set(answers.map((answer) => answer.body.appointmentId)).size).toBe(10);
    expect(await count('customers')).toBe(before + 1);
  });

  it('refuses a key that was used for another body, and keeps keys of companies apart', async () => {
    const first = await book(wish(), 'shared');
    const other = await book(wish({ time: '15:00' }), 'shared');
    expect(other.status).toBe(422);
    expect(other.body.code).toBe('idempotency-key-reused');
    const elsewhere = await book(wish(), 'shared', ahorn.key);
    expect(elsewhere.status).toBe(202);
    expect(elsewhere.body.appointmentId).not.toBe(first.body.appointmentId);
  });

  it('gives the old answer even when the wish is past by now', async () => {
    const first = await book(wish(), 'later');
    const clock = api.deps.clock;
    api.deps.clock = () => new Date('2027-01-01T00:00:00Z');
    try {
      expect((await book(wish(), 'later')).body).toEqual(first.body);
    } finally {
      api.deps.clock = clock;
    }
  });

  it('takes a key again whose first request was refused', async () => {
    expect((await book(wish({ service: 'spa' }), 'again')).status).toBe(400);
    expect((await book(wish(), 'again')).status).toBe(202);
  });

  it.each([
    ['unknown service', wish({ service: 'spa' }), 'service', /haircut/],
    ['unknown staff', wish({ staff: 'bob@linde.example' }), 'staff', /anna@linde\.example/],
    ['letters as number', wish({ customer: { phone: 'call me' } }), 'customer.phone', /phone number/],
    ['short number', wish({ customer: { phone: '110' } }), 'customer.phone', /phone number/],
    ['impossible number', wish({ customer: { phone: '+49 1' } }), 'customer.phone', /phone number/],
    ['bad e-mail', wish({ customer: { phone: '030901820', email: 'x' } }), 'customer.email', /./],
    ['past', wish({ date: '2026-03-01' }), 'date', /past/],
    [
      'past moment',
      wish({ date: undefined, time: undefined, startsAt: '2026-03-01T10:00:00Z' }),
      'startsAt',
      /past/,
    ],
    ['skipped time', wish({ date: '2026-03-29', time: '02:30' }), 'time', /does not exist.*03:30/],
    ['no such day', wish({ date: '2026-02-30' }), 'date', /date/],
    ['no such time', wish({ time: '25:00' }), 'time', /HH:MM/],
    ['no time', wish({ time: undefined }), 'startsAt', /either/],
    ['both', wish({ startsAt: '2026-03-03T10:00:00Z' }), 'startsAt', /either/],
    [
      'no offset',
      wish({ date: undefined, time: undefined, startsAt: '2026-03-03T10:00' }),
      'startsAt',
      /offset/,
    ],
    ['unknown field', wish({ price: 0 }), 'price', /not known/],
    ['NUL', wish({ service: 'hair\0cut' }), 'service', /NUL/],
    ['long name', wish({ customer: { phone: '030901820', name: 'x'.repeat(10_000) } }), 'customer.name', /./],
  ])('refuses %s and names the field', async (_name, body, path, message) => {
    const before = await count('idempotency_keys');
    const answer = await book(body);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('invalid-request');
    const found = answer.body.errors.find((error: { path: string }) => error.path === path);
    expect(found?.message).toMatch(message);
    expect(await count('idempotency_keys')).toBe(before);
    expect(api.offered).toHaveLength(0);
  });

  it('takes the first of a repeated local time', async () => {
    const { body } = await book(wish({ date: '2026-10-25', time: '02:30' }));
    const status = await api.get(`/api/bookings/${body.appointmentId}`, linde.key);
    expect(status.body.startsAt).toBe('2026-10-25T00:30:00.000Z');
  });

  it('names all wrong fields at once', async () => {
    const answer = await book(wish({ service: 'spa', staff: 'x@y.example', customer: { phone: '+491' } }));
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual([
      'service',
      'staff',
      'customer.phone',
    ]);
  });

  it('needs an Idempotency-Key of 1 to 200 characters', async () => {
    const none = await api.post('/api/bookings', wish(), linde.key);
    expect(none.body.errors).toEqual([{ path: 'idempotency-key', message: 'is required' }]);
    expect((await book(wish(), 'x'.repeat(201))).status).toBe(400);
  });

  it('lets an operator book for a company that it names', async () => {
    expect((await book(wish(), 'op', api.operatorKey)).body.errors[0].path).toBe('company');
    expect((await book(wish(), 'op', api.operatorKey, '?company=nobody')).status).toBe(400);
    expect((await book(wish(), 'op', api.operatorKey, '?company=linde')).status).toBe(202);
    expect((await book(wish(), 'op', ahorn.key, '?company=linde')).status).toBe(403);
  });
});
