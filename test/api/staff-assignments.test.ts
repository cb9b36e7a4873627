import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pruneAssignments } from '../../db/phone-desk/staff-assignment/staff-assignments.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;
let batches = 0;

const path = '/api/companies/linde/staff-assignments';
const SYNC = crypto.randomUUID();

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
  const key = api.deps.vault.seal('company.calcom-key', 'cal_live_linde');
  await api.db.updateTable('companies').set({ calcom_key_sealed: key }).where('id', '=', linde.id).execute();
  await addStaff('gone', { active: false });
  await addStaff('new', { active: false, proposed_at: new Date() });
  await addStaff('offline');
  for (const [index, name] of ['anna', 'gone', 'new'].entries()) {
    await api.db
      .insertInto('calendar_members')
      .values({
        ...{ company_id: linde.id, user_id: index + 1, email: `${name}@linde.example`, name, username: name },
        ...{ organization_id: null, is_key_owner: index === 0, seen_by: SYNC },
      })
      .execute();
  }
  await addEventType(linde.id, 10, 7);
  await addEventType(linde.id, 11, null);
  await addEventType(linde.id, 12, 7, new Date());
  await addEventType(linde.id, 13, 7);
  await addEventType(ahorn.id, 20, 8);
});
afterAll(() => api.close());

const addStaff = (name: string, more: object = {}) =>
  api.db
    .insertInto('staff')
    .values({ company_id: linde.id, name, email: `${name}@linde.example`, time_zone: 'UTC', ...more })
    .execute();
const addEventType = (companyId: string, id: number, teamId: number | null, goneAt: Date | null = null) =>
  api.db
    .insertInto('calendar_event_types')
    .values({
      ...{ company_id: companyId, event_type_id: id, slug: `t${id}`, title: `T${id}`, length_min: 30 },
      ...{ length_options: [], team_id: teamId, hosts: [], service_id: null, problem: null },
      ...{ seen_by: SYNC, gone_at: goneAt },
    })
    .execute();

const assign = (staff: string[], eventTypeIds: number[], action = 'assign') => ({
  staff,
  eventTypeIds,
  action,
});
const post = (assignments: unknown, idempotencyKey = `batch-${++batches}`, key = linde.key) =>
  api.post(path, { assignments }, key, { 'idempotency-key': idempotencyKey });
const end = (id: string, status: 'finished' | 'cancelled' | 'key-refused' = 'finished') =>
  api.db
    .updateTable('staff_assignments')
    .set({ status, ended_at: new Date() })
    .where('id', '=', id)
    .execute();
const settle = (id: string, status: 'done' | 'failed' | 'cancelled') =>
  api.db.updateTable('staff_assignment_items').set({ status }).where('batch_id', '=', id).execute();

describe('POST …/staff-assignments', () => {
  it('stores the batch with its whole list before it answers, once per key', async () => {
    const body = [assign(['anna@linde.example'], [10]), assign([linde.staffId], [13], 'remove')];
    const first = await post(body, 'once');
    expect(first.status, first.text).toBe(202);
    expect(first.headers.get('location')).toBe(`${path}/${first.body.id}`);
    expect(first.body).toMatchObject({
      ...{ company: 'linde', state: 'running', total: 2, pending: 2, percent: 0, undoOf: null },
      items: [
        { position: 1, staff: 'anna@linde.example', eventTypeId: 10, action: 'assign', status: 'pending' },
        { position: 2, staffId: linde.staffId, eventTypeId: 13, action: 'remove' },
      ],
    });
    expect((await post(body, 'once')).body.id).toBe(first.body.id);
    const other = await post([assign(['anna@linde.example'], [10])], 'once');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    const events = api.offered.filter(({ eventType }) => eventType === 'staff-assignment.requested');
    expect(events).toMatchObject([{ entity: `staff-assignment/${first.body.id}`, companyId: linde.id }]);
  });

  it('names everything that is wrong at once', async () => {
    const { status, body } = await post([
      assign(['nobody@linde.example', 'gone@linde.example', 'new@linde.example', 'anna@ahorn.example'], [10]),
      assign(['offline@linde.example', linde.staffId], [11, 12, 13, 20, 99]),
      assign(['Anna@Linde.example'], [13], 'remove'),
    ]);
    expect(status).toBe(400);
    const problems = Object.fromEntries(
      (body.errors as { path: string; message: string }[]).map((each) => [each.path, each.message]),
    );
    expect(problems).toEqual({
      'assignments.0.staff.0': 'is nobody of the staff',
      'assignments.0.staff.1': 'does not work here any more',
      'assignments.0.staff.2': expect.stringMatching(/not of the staff yet: accept them/),
      'assignments.0.staff.3': 'is nobody of the staff',
      'assignments.1.staff.0': expect.stringMatching(/unknown to the company's calendar/),
      'assignments.1.eventTypeIds.0': expect.stringMatching(/personal event type/),
      'assignments.1.eventTypeIds.1': 'is not in the calendar any more',
      'assignments.1.eventTypeIds.3': expect.stringMatching(/no event type of this company/),
      'assignments.1.eventTypeIds.4': expect.stringMatching(/no event type of this company/),
      'assignments.2.staff.0': 'stands here twice for event type 13',
    });
  });

  it.each([
    ['no body', undefined, 'assignments'],
    ['an empty list', [], 'assignments'],
    ['nobody', [assign([], [10])], 'assignments.0.staff'],
    ['no event type', [assign(['a'], [])], 'assignments.0.eventTypeIds'],
    ['an odd event type', [assign(['a'], [1.5])], 'assignments.0.eventTypeIds.0'],
    ['an odd action', [assign(['a'], [10], 'fire')], 'assignments.0.action'],
    ['an unknown field', [{ ...assign(['a'], [10]), mode: 'x' }], 'assignments.0.mode'],
    [
      'more than a thousand pairs',
      [
        assign(['anna@linde.example'], Array(501).fill(10)),
        assign(['anna@linde.example'], Array(500).fill(13)),
      ],
      'assignments',
    ],
    [
      'who alone hosts, and somebody else',
      [assign(['anna@linde.example'], [10], 'replace'), assign(['anna@linde.example'], [10], 'remove')],
      'assignments.0.eventTypeIds.0',
    ],
  ])('refuses %s', async (_what, assignments, field) => {
    const { status, body } = await post(assignments);
    expect(status).toBe(400);
    expect((body.errors as { path: string }[]).map((each) => each.path)).toContain(field);
  });

  it('needs a key, a calendar, and the right company', async () => {
    const body = { assignments: [assign(['anna@ahorn.example'], [20])] };
    const keyless = await api.post(path, body, linde.key);
    expect(keyless.body.errors).toMatchObject([{ path: 'idempotency-key' }]);
    const headers = { 'idempotency-key': 'other' };
    const unconnected = await api.post('/api/companies/ahorn/staff-assignments', body, ahorn.key, headers);
    expect([unconnected.status, unconnected.body.code]).toEqual([409, 'calendar-not-connected']);
    expect((await api.post(path, body, ahorn.key, headers)).status).toBe(403);
    expect(
      (await api.post('/api/companies/no/staff-assignments', body, api.operatorKey, headers)).status,
    ).toBe(404);
  });
});

describe('…/staff-assignments/{id}', () => {
  const batch = async () => (await post([assign(['anna@linde.example'], [10, 13])])).body.id as string;
  const act = (id: string, verb: string, key = linde.key) => api.post(`${path}/${id}/${verb}`, {}, key);
  const codeOf = async (answer: ReturnType<typeof act>) => {
    const { status, body } = await answer;
    return [status, body.code];
  };

  it('is shown to its company, and listed newest first, page by page', async () => {
    const id = await batch();
    expect((await api.get(`${path}/${id}`, linde.key)).body).toMatchObject({ id, total: 2 });
    expect((await api.get(`${path}/${id}`, ahorn.key)).status).toBe(403);
    expect((await api.get(`/api/companies/ahorn/staff-assignments/${id}`, ahorn.key)).status).toBe(404);
    expect((await api.get(`${path}/no-id`, linde.key)).body.errors).toMatchObject([{ path: 'id' }]);
    const newest = (await api.get(`${path}?limit=1`, linde.key)).body;
    expect(newest.items).toMatchObject([{ id, state: 'running', pending: 2 }]);
    expect(newest.items[0]).not.toHaveProperty('items');
    const next = (await api.get(`${path}?limit=1&cursor=${newest.nextCursor}`, linde.key)).body;
    expect(next.items).toHaveLength(1);
    expect(next.items[0].id).not.toBe(id);
    expect((await api.get('/api/companies/ahorn/staff-assignments', ahorn.key)).body.items).toEqual([]);
  });

  it('takes a retry only of what has failed, once it has ended', async () => {
    const id = await batch();
    expect(await codeOf(act(id, 'retry'))).toEqual([409, 'staff-assignment-running']);
    await settle(id, 'done');
    await end(id);
    expect(await codeOf(act(id, 'retry'))).toEqual([409, 'nothing-failed']);
    await settle(id, 'failed');
    expect((await act(id, 'retry')).body).toMatchObject({ id, state: 'running', pending: 2, endedAt: null });
    expect((await act(id, 'retry', ahorn.key)).status).toBe(403);
  });

  it('takes a cancellation while it runs', async () => {
    const id = await batch();
    const { status, body } = await act(id, 'cancel');
    expect([status, body.state]).toEqual([202, 'running']);
    expect(body.cancelRequestedAt).toEqual(expect.any(String));
    expect((await act(id, 'cancel')).body.cancelRequestedAt).toBe(body.cancelRequestedAt);
    await end(id, 'cancelled');
    expect(await codeOf(act(id, 'cancel'))).toEqual([409, 'staff-assignment-not-running']);
  });

  it('is undone by one batch, however often it is asked for, until that is carried out', async () => {
    const id = await batch();
    expect(await codeOf(act(id, 'undo'))).toEqual([409, 'staff-assignment-running']);
    await settle(id, 'done');
    await end(id);
    const { status, headers, body } = await act(id, 'undo');
    expect([status, headers.get('location')]).toEqual([202, `${path}/${body.id}`]);
    expect(body).toMatchObject({ undoOf: id, state: 'running', total: 2, items: [{ action: 'remove' }, {}] });
    expect((await act(id, 'undo')).body.id).toBe(body.id);
    await settle(body.id, 'cancelled');
    await end(body.id, 'cancelled');
    expect((await act(id, 'undo')).body).toMatchObject({ id: body.id, state: 'running', pending: 2 });
    const audited = await api.db
      .selectFrom('audit_log')
      .where('entity', '=', `staff-assignment/${body.id}`)
      .select(['actor', 'action', 'detail'])
      .execute();
    const line = { actor: 'linde key', action: 'staff-assignment.undo', detail: { undoes: id } };
    expect(audited).toEqual([line, line]);
  });

  it('is kept as long as it may be undone, and as long as its undo', async () => {
    const old = await batch();
    const undone = await batch();
    for (const id of [old, undone]) await settle(id, 'done').then(() => end(id));
    const undo = (await act(undone, 'undo')).body.id as string;
    const ago = new Date(Date.now() - 3_600_000);
    await api.db
      .updateTable('staff_assignments')
      .set({ ended_at: ago })
      .where('id', 'in', [old, undone])
      .execute();
    expect(await pruneAssignments(api.db, 60_000)).toBe(1);
    expect((await api.get(`${path}/${old}`, linde.key)).status).toBe(404);
    await api.db.updateTable('staff_assignments').set({ ended_at: ago }).where('id', '=', undo).execute();
    expect(await pruneAssignments(api.db, 60_000)).toBe(1);
    expect((await api.get(`${path}/${undo}`, linde.key)).status).toBe(404);
  });
});
