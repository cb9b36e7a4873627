import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addAppointment,
  addCompany,
  addCustomer,
  startTestApi,
  type TestApi,
  type TestCompany,
} from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => api.close());

async function addCall(company: TestCompany, customer: Awaited<ReturnType<typeof addCustomer>>) {
  const { key, personId, id: customerId } = customer;
  const row = await api.db
    .insertInto('calls')
    .values({
      company_id: company.id,
      person_id: personId,
      customer_id: customerId,
      vendor: 'retell',
      vendor_call_id: randomUUID(),
      agent_id: 'agent_1',
      direction: 'inbound',
      status: 'analyzed',
      disconnection_reason: 'user_hangup',
      started_at: '2026-03-02T08:00:00Z',
      ended_at: '2026-03-02T08:02:00Z',
      duration_ms: 120_000,
      from_number_sealed: key.seal('calls.from_number', '+4930901820'),
      transcript_sealed: key.seal('calls.transcript', 'Agent: Hello'),
      analysis_sealed: key.seal('calls.analysis', '{"sentiment":"good"}'),
      recording_url_sealed: key.seal('calls.recording_url', 'https://rec.example/1'),
      wish_sealed: key.seal('calls.wish', '{"service":"haircut"}'),
      outcome: 'booked',
      outcome_detail: JSON.stringify({ appointmentId: randomUUID() }),
      settled_at: '2026-03-02T08:03:00Z',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

const ids = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map((item) => item.id);

describe('isolation', () => {
  it('shows a company its own things only, in lists and one by one', async () => {
    const customer = await addCustomer(api, linde);
    const call = await addCall(linde, customer);
    const appointment = await addAppointment(api, linde, customer.id, '2026-03-10T10:00:00.000Z');
    const review = randomUUID();
    await api.db
      .insertInto('reviews')
      .values({
        id: review,
        company_id: linde.id,
        kind: 'ambiguous-wish',
        workflow_id: 'call/retell/1',
        entity: 'call/1',
        question: JSON.stringify({ reason: 'which service?' }),
        answer: null,
        answered_by: null,
        answered_at: null,
        due_at: null,
      })
      .execute();
    await api.db
      .insertInto('notifications')
      .values({
        company_id: linde.id,
        customer_id: customer.id,
        appointment_id: appointment,
        kind: 'confirmation',
        channel: 'email',
        sequence: 0,
        reason: null,
        vendor_ref: null,
        sent_at: null,
      })
      .execute();

    const things = { calls: call, customers: customer.id, appointments: appointment, reviews: review };
    for (const [name, id] of Object.entries(things)) {
      expect(ids(await api.get(`/api/${name}`, linde.key))).toEqual([id]);
      expect(ids(await api.get(`/api/${name}`, ahorn.key))).toEqual([]);
      expect(ids(await api.get(`/api/${name}`, api.operatorKey))).toContain(id);
      expect(ids(await api.get(`/api/${name}?company=linde`, api.operatorKey))).toEqual([id]);
      expect(ids(await api.get(`/api/${name}?company=ahorn`, api.operatorKey))).toEqual([]);
      expect((await api.get(`/api/${name}/${id}`, linde.key)).body.company).toBe('linde');
      const foreign = await api.get(`/api/${name}/${id}`, ahorn.key);
      const absent = await api.get(`/api/${name}/${randomUUID()}`, ahorn.key);
      expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    }
    expect((await api.get('/api/notifications', linde.key)).body.items).toHaveLength(1);
    expect((await api.get('/api/notifications', ahorn.key)).body.items).toEqual([]);

    const detail = await api.get(`/api/appointments/${appointment}`, linde.key);
    expect(detail.body).toMatchObject({ service: 'haircut', staffName: 'Anna', requests: [] });
    expect(detail.body.notifications).toMatchObject([{ kind: 'confirmation', status: 'pending' }]);
  });

  it('answers alike for another company that exists and one that does not', async () => {
    const foreign = await api.get('/api/calls?company=ahorn', linde.key);
    const absent = await api.get('/api/calls?company=nobody', linde.key);
    expect([foreign.status, foreign.body.code]).toEqual([403, 'other-company']);
    expect(absent.text).toBe(foreign.text);
    expect((await api.get('/api/calls?company=linde', linde.key)).status).toBe(200);
    expect((await api.get('/api/calls?company=nobody', api.operatorKey)).status).toBe(400);
  });
});

describe('sealed columns', () => {
  it('opens them, the transcript only in the detail', async () => {
    const customer = await addCustomer(api, ahorn, 'Max Mustermann');
    const call = await addCall(ahorn, customer);
    const list = await api.get('/api/calls', ahorn.key);
    expect(list.body.items[0]).toMatchObject({ fromNumber: '+4930901820', outcome: 'booked' });
    expect(list.text).not.toContain('Agent: Hello');
    expect((await api.get(`/api/calls/${call}`, ahorn.key)).body).toMatchObject({
      transcript: 'Agent: Hello',
      analysis: { sentiment: 'good' },
      recordingUrl: 'https://rec.example/1',
      wish: { service: 'haircut' },
      startedAt: '2026-03-02T08:00:00.000Z',
    });
  });

  it('are null once the key of the person is destroyed', async () => {
    const customer = await addCustomer(api, ahorn);
    const call = await addCall(ahorn, customer);
    await api.db
      .updateTable('person_keys')
      .set({ wrapped_key: Buffer.alloc(0) })
      .where('id', '=', customer.personId)
      .execute();
    expect((await api.get(`/api/calls/${call}`, ahorn.key)).body).toMatchObject({
      fromNumber: null,
      transcript: null,
      analysis: null,
      recordingUrl: null,
      wish: null,
    });
    expect((await api.get(`/api/customers/${customer.id}`, ahorn.key)).body).toMatchObject({
      name: null,
      phone: null,
      email: null,
    });
    expect((await api.get('/api/calls', ahorn.key)).status).toBe(200);
  });
});

describe('paging', () => {
  it('is complete and stable while rows come in, also among equal and sub-millisecond times', async () => {
    const company = await addCompany(api.db, 'paged');
    const base = '2026-01-01T00:00:00.';
    const expected: string[] = [];
    for (let n = 0; n < 25; n += 1) {
      const customer = await addCustomer(api, company, `Nr. ${n}`);
      // Five rows at each of five moments that differ in microseconds only.
      const micros = `000${100 + Math.floor(n / 5)}Z`;
      await api.deps.pool.query('UPDATE customers SET created_at = $1 WHERE id = $2', [
        base + micros,
        customer.id,
      ]);
      expected.push(customer.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page = await api.get(`/api/customers?limit=4${cursor ? `&cursor=${cursor}` : ''}`, company.key);
      expect(page.status).toBe(200);
      seen.push(...ids(page));
      cursor = page.body.nextCursor;
      pages += 1;
      await addCustomer(api, company, 'newer');
    } while (cursor);
    expect(pages).toBe(7);
    expect(seen).toHaveLength(25);
    expect([...seen].sort()).toEqual([...expected].sort());
  });

  it('has no next page when the last one is exactly full', async () => {
    const company = await addCompany(api.db, 'full');
    for (let n = 0; n < 4; n += 1) await addCustomer(api, company);
    const first = await api.get('/api/customers?limit=2', company.key);
    const second = await api.get(`/api/customers?limit=2&cursor=${first.body.nextCursor}`, company.key);
    expect([ids(second).length, second.body.nextCursor]).toEqual([2, null]);
  });

  it('does not let a cursor of one company open another', async () => {
    const { nextCursor } = (await api.get('/api/customers?limit=1&company=paged', api.operatorKey)).body;
    const answer = await api.get(`/api/customers?cursor=${nextCursor}`, linde.key);
    for (const item of answer.body.items) expect(item.company).toBe('linde');
  });
});

describe('filters', () => {
  it('cut by status, time and relation', async () => {
    const company = await addCompany(api.db, 'filtered');
    const customer = await addCustomer(api, company);
    const booked = await addAppointment(api, company, customer.id, '2026-04-01T08:00:00.000Z');
    const cancelled = await addAppointment(
      api,
      company,
      customer.id,
      '2026-04-02T08:00:00.000Z',
      'cancelled',
    );
    const find = async (query: string) => ids(await api.get(`/api/appointments?${query}`, company.key));
    expect(await find('status=booked')).toEqual([booked]);
    expect(await find('startsFrom=2026-04-02T00:00:00Z')).toEqual([cancelled]);
    expect(await find('startsBefore=2026-04-01T10:00:00%2B02:00')).toEqual([]);
    expect((await find(`customerId=${customer.id}`)).sort()).toEqual([booked, cancelled].sort());
    expect(await find(`customerId=${randomUUID()}`)).toEqual([]);
    expect(await find(`staffId=${company.staffId}&status=cancelled`)).toEqual([cancelled]);
    expect(await find('createdBefore=2020-01-01T00:00:00Z')).toEqual([]);
    expect((await find('createdFrom=2020-01-01T00:00:00Z')).length).toBe(2);
  });
});
