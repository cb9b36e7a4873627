import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
let customerId: string;
let day = 1;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
  customerId = (await addCustomer(api, linde)).id;
});
afterAll(() => api.close());
beforeEach(() => {
  api.offered.length = 0;
});

/** An appointment on a day of its own. */
const add = (status?: 'held' | 'booked' | 'cancelled' | 'completed') => {
  day += 1;
  return addAppointment(
    api,
    linde,
    customerId,
    `2026-05-${String(day).padStart(2, '0')}T10:00:00.000Z`,
    status,
  );
};
const cancel = (id: string, body: unknown = {}, key = linde.key) =>
  api.post(`/api/appointments/${id}/cancel`, body, key);
const reschedule = (id: string, body: unknown, key = linde.key) =>
  api.post(`/api/appointments/${id}/reschedule`, body, key);

describe('cancel', () => {
  it('files the request and its event together', async () => {
    const id = await add();
    const answer = await cancel(id, { reason: 'ill' });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/appointments/${id}`);
    expect(answer.body).toMatchObject({
      appointmentId: id,
      kind: 'cancel',
      reason: 'ill',
      status: 'accepted',
    });
    expect(api.offered).toMatchObject([
      { source: 'api', eventType: 'appointment.changed', entity: `appointment/${id}`, companyId: linde.id },
    ]);
    const stored = await api.db
      .selectFrom('inbox_events')
      .selectAll()
      .where('entity', '=', `appointment/${id}`)
      .executeTakeFirstOrThrow();
    expect(stored.event_key).toBe(`appointment-request:${answer.body.id}`);
    expect(stored.trace_parent).toMatch(/^00-/);
    const body = JSON.parse(api.deps.vault.open('inbox', stored.body_sealed).toString());
    expect(body).toEqual({ appointmentId: id, companyId: linde.id });
    expect((await api.get(`/api/appointments/${id}`, linde.key)).body.requests).toEqual([answer.body]);
  });

  it('needs no body, and asking again is the same request', async () => {
    const id = await add();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        fetch(`${api.url}/api/appointments/${id}/cancel`, {
          method: 'POST',
          headers: { authorization: `Bearer ${linde.key}` },
        }).then((response) => response.text()),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ kind: 'cancel', reason: null });
    expect(api.offered).toHaveLength(1);
  });

  it.each([
    ['cancelled', 'appointment-cancelled'],
    ['completed', 'appointment-completed'],
    ['held', 'appointment-not-booked'],
  ] as const)('of one that is %s is a conflict', async (status, code) => {
    const answer = await cancel(await add(status));
    expect([answer.status, answer.body.code]).toEqual([409, code]);
    expect(api.offered).toHaveLength(0);
  });

  it('of what another company has, or nobody, is a 404', async () => {
    expect((await cancel(await add(), {}, ahorn.key)).status).toBe(404);
    expect((await cancel(randomUUID())).status).toBe(404);
    expect((await cancel('1')).status).toBe(400);
  });
});

describe('reschedule', () => {
  it('takes a moment or a local time in the zone of the appointment', async () => {
    const id = await add();
    const moved = await reschedule(id, { startsAt: '2026-06-01T12:00:00+02:00' });
    expect([moved.status, moved.body.startsAt]).toEqual([202, '2026-06-01T10:00:00.000Z']);
    const local = await reschedule(id, { date: '2026-06-02', time: '09:15' });
    expect(local.body.startsAt).toBe('2026-06-02T07:15:00.000Z');
    expect(api.offered).toHaveLength(2);
  });

  it.each([
    ['nothing', {}, 'startsAt'],
    ['half', { date: '2026-06-02' }, 'startsAt'],
    ['the past', { startsAt: '2026-01-01T00:00:00Z' }, 'startsAt'],
    ['a skipped time', { date: '2026-03-29', time: '02:30' }, 'time'],
    ['an unknown field', { startsAt: '2026-06-01T12:00:00Z', staff: 'x' }, 'staff'],
  ])('refuses %s', async (_name, body, path) => {
    const answer = await reschedule(await add(), body);
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, path]);
    expect(api.offered).toHaveLength(0);
  });

  it('shows the refusal', async () => {
    const id = await add();
    const { body } = await reschedule(id, { startsAt: '2026-06-03T12:00:00Z' });
    await api.db
      .updateTable('appointment_requests')
      .set({ status: 'refused', refusal: 'taken', finished_at: new Date() })
      .where('id', '=', body.id)
      .execute();
    const detail = await api.get(`/api/appointments/${id}`, linde.key);
    expect(detail.body.requests).toMatchObject([{ status: 'refused', refusal: 'taken' }]);
  });
});
