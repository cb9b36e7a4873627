import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { staffAssignmentWorkflowId } from '../../../shared/ids.ts';
import { staffAssignmentStart } from '../../../workflows/phone-desk/staff-assignment/contract.ts';
import {
  type Assignments,
  AYLIN,
  address,
  JONAS,
  MARA,
  openAssignments,
  teamEventType,
} from '../../support/assignments.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let salon: Assignments;

const MANY = [430, 431, 432, 433, 434, 435, 436, 437];
const record = (id: string, name: string) => recordHistory(desk, staffAssignmentWorkflowId(id), name);
const assign = (names: string[], ...eventTypeIds: number[]) => ({
  ...{ staff: names.map(address), eventTypeIds, action: 'assign' },
});
const remove = (names: string[], ...eventTypeIds: number[]) => ({
  ...assign(names, ...eventTypeIds),
  action: 'remove',
});

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
  salon = openAssignments(desk);
  await salon.seed({
    teams: [
      {
        ...{ id: 109, slug: 'two-of-them', name: 'Two' },
        members: [{ userId: MARA, role: 'OWNER' }, { userId: JONAS }],
      },
      { ...{ id: 108, slug: 'of-others', name: 'Others' }, members: [{ userId: MARA, role: 'MEMBER' }] },
    ],
    eventTypes: [
      teamEventType(400, [MARA], { title: 'Farbe', slug: 'colour-team', lengthInMinutes: 120 }),
      teamEventType(401, [MARA, JONAS], {
        hostSettings: { [MARA]: { mandatory: true, priority: 'highest' } },
      }),
      ...[402, 403, 404, 405, 406, 407, 408, ...MANY].map((id) => teamEventType(id, [MARA])),
      teamEventType(420, [MARA], { teamSlug: 'two-of-them' }),
      teamEventType(421, [MARA], { teamSlug: 'of-others' }),
      teamEventType(422, [MARA], { assignAllTeamMembers: true }),
    ],
  });
  await salon.compare();
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** What a batch that was asked for does when its company is closed before its run begins: it waits for a retry. */
async function whileClosed(batchId: string): Promise<void> {
  const id = await salonId();
  const set = (active: boolean) =>
    desk.deps.db.updateTable('companies').set({ active }).where('id', '=', id).execute();
  await set(false);
  await desk.deps.db
    .updateTable('staff_assignments')
    .set({ status: 'running', ended_at: null })
    .where('id', '=', batchId)
    .execute();
  await desk.deps.starter.start(staffAssignmentStart({ batchId, companyId: id }));
  expect(await salon.ended(batchId)).toMatchObject({ state: 'not-connected', pending: 1 });
  await record(batchId, 'staff-assignment-not-connected');
  await set(true);
}

const salonId = async () =>
  (
    await desk.deps.db
      .selectFrom('companies')
      .where('slug', '=', 'salon-lindgruen')
      .select('id')
      .executeTakeFirstOrThrow()
  ).id;

const offersOf = (eventTypeId: number) =>
  desk.deps.db
    .selectFrom('event_types')
    .innerJoin('staff', 'staff.id', 'event_types.staff_id')
    .where('calcom_event_type_id', '=', eventTypeId)
    .select(['staff.email', 'event_types.active'])
    .orderBy('staff.email')
    .execute();
const generationOf = async (name: string) => {
  const { rows } = await desk.deps.pool.query<{ generation: string }>(
    'SELECT generation FROM availability_generations g JOIN staff s ON s.id = g.staff_id WHERE s.email = $1',
    [address(name)],
  );
  return Number(rows[0]?.generation ?? 0);
};

describe('a batch of assignments', () => {
  it('writes each event type once, keeps the others, and brings our side in line', async () => {
    const before = await generationOf('jonas');
    const { id, total, state } = await salon.request(
      assign(['jonas', 'aylin'], 400, 402),
      assign(['aylin'], 401),
      remove(['jonas'], 401),
      assign(['mara'], 403),
    );
    expect({ total, state }).toEqual({ total: 7, state: 'running' });
    expect(await salon.ended(id)).toMatchObject({
      ...{ state: 'finished', total: 7, pending: 0, done: 6, unchanged: 1, failed: 0, percent: 100 },
    });
    expect(await salon.hosts(400)).toEqual([MARA, JONAS, AYLIN]);
    expect(await salon.hosts(401)).toEqual([MARA, AYLIN]);
    const [, written] = (await desk.ledger('calcom', 'teams.updateEventType'))
      .map(({ request }) => request)
      .sort((a, b) => (a as { id: number }).id - (b as { id: number }).id);
    expect(written).toMatchObject({
      id: 401,
      hosts: [{ userId: MARA, mandatory: true, priority: 'highest' }, {}],
    });
    expect([await salon.writes(400), await salon.writes(402), await salon.writes(403)]).toEqual([1, 1, 0]);
    // Mara and Aylin offer the colouring under event types of their own.
    expect(await offersOf(400)).toEqual([{ email: address('jonas'), active: true }]);
    expect(await generationOf('jonas')).toBeGreaterThan(before);
    await record(id, 'staff-assigned');
  });

  it('that says who alone hosts takes off the others of the staff', async () => {
    const batch = await salon.carriedOut({
      staff: [address('aylin')],
      eventTypeIds: [402],
      action: 'replace',
    });
    expect(batch).toMatchObject({ total: 3, done: 2, unchanged: 1 });
    expect(await salon.hosts(402)).toEqual([AYLIN]);
    await salon.undone(batch.id);
    expect(await salon.hosts(402)).toEqual([MARA, JONAS, AYLIN]);
  });

  it('goes on over what is refused, says why, and repeats only that', async () => {
    await salon.remove(404);
    const failed = await salon.carriedOut(
      assign(['jonas'], 403, 404, 421, 422),
      assign(['jonas', 'aylin'], 420),
    );
    expect(failed).toMatchObject({ state: 'finished', done: 2, failed: 4, percent: 100 });
    const reasons = Object.fromEntries(
      failed.items.flatMap(({ status, eventTypeId, reason }) =>
        status === 'failed' ? [[eventTypeId, reason]] : [],
      ),
    );
    expect(reasons).toEqual({
      404: expect.stringMatching(/does not have this event type/),
      420: expect.stringMatching(/not in the event type's team/),
      421: expect.stringMatching(/no admin/),
      422: expect.stringMatching(/whoever is in the team/),
    });
    expect(await salon.hosts(420, 109)).toEqual([MARA, JONAS]);
    await record(failed.id, 'staff-assigned-in-part');

    await salon.seed({ eventTypes: [teamEventType(404, [MARA])] });
    await salon.act(failed.id, 'retry');
    expect(await salon.ended(failed.id)).toMatchObject({ done: 3, failed: 3 });
    expect(await salon.hosts(404)).toEqual([MARA, JONAS]);
    expect([await salon.writes(403), await salon.writes(404)]).toEqual([1, 1]);
  });

  it('stops on request before the next event type', async () => {
    await desk.fault({ vendor: 'calcom', operation: 'teams.updateEventType', mode: 'delay', delayMs: 800 });
    const { id } = await salon.request(assign(['jonas'], ...MANY));
    await eventually('the first to be done', async () =>
      (await salon.look(id)).done > 0 ? true : undefined,
    );
    await salon.act(id, 'cancel');
    await desk.clearFaults();
    const batch = await salon.ended(id);
    expect(batch).toMatchObject({ state: 'cancelled', pending: 0, failed: 0, percent: 100 });
    expect(batch.cancelled).toBeGreaterThan(0);
    for (const { eventTypeId, status } of batch.items) {
      expect(await salon.hosts(eventTypeId)).toEqual(status === 'done' ? [MARA, JONAS] : [MARA]);
    }
    await record(id, 'staff-assignment-cancelled');
    await expect(salon.act(id, 'cancel')).rejects.toThrow(/staff-assignment-not-running/);
    await expect(salon.act(id, 'retry')).rejects.toThrow(/nothing-failed/);
  });

  it('that is long goes on in another run, and loses none', async () => {
    const ids = Array.from({ length: 105 }, (_, index) => 1_000 + index);
    await salon.seed({ eventTypes: ids.map((id) => teamEventType(id, [MARA])) });
    await salon.compare();
    const batch = await salon.carriedOut(assign(['jonas', 'aylin'], ...ids));
    expect(batch).toMatchObject({ state: 'finished', total: 210, done: 210, percent: 100 });
    const writes = (await desk.ledger('calcom', 'teams.updateEventType')).map(
      ({ request }) => (request as { id: number }).id,
    );
    expect(writes.filter((id) => id >= 1_000).sort()).toEqual(ids);
    const runs = env.client.workflow.list({ query: `WorkflowId = "${staffAssignmentWorkflowId(batch.id)}"` });
    await eventually('both runs to be listed', async () => {
      let count = 0;
      for await (const _ of runs) count += 1;
      return count === 2 ? count : undefined;
    });
  });

  it('waits for a calendar that is down, and loses nothing', async () => {
    await desk.fault({
      vendor: 'calcom',
      operation: 'teams.eventType',
      mode: 'status',
      status: 503,
      count: 2,
    });
    const batch = await salon.carriedOut(assign(['aylin'], 403));
    expect(batch).toMatchObject({ state: 'finished', done: 1 });
  });

  it('does once what was executed without an answer', async () => {
    const fault = { vendor: 'calcom', operation: 'teams.updateEventType', count: 1 } as const;
    await desk.fault({ ...fault, mode: 'executed-then-drop' });
    const batch = await salon.carriedOut(assign(['jonas'], 405));
    // Found to be so: it was this batch that has changed it.
    expect(batch).toMatchObject({ done: 1, unchanged: 0 });
    expect(await salon.hosts(405)).toEqual([MARA, JONAS]);
    expect(await salon.writes(405)).toBe(1);
    await record(batch.id, 'staff-assigned-without-an-answer');
  });

  it('ends when the key is refused, tells operators, and goes on with a retry', async () => {
    await desk.fault({ vendor: 'calcom', operation: 'teams.eventType', mode: 'status', status: 401 });
    const refused = await salon.carriedOut(assign(['jonas'], 406));
    expect(refused).toMatchObject({ state: 'key-refused', pending: 1, failed: 0, percent: 0 });
    const { items } = await desk.api('GET', '/api/alerts?standing=true&kind=vendor-key-refused');
    expect(items).toMatchObject([{ entity: 'calcom', detail: { chain: 'staff-assignment' } }]);
    await record(refused.id, 'staff-assignment-key-refused');
    await desk.clearFaults();
    await whileClosed(refused.id);
    await salon.act(refused.id, 'retry');
    expect(await salon.ended(refused.id)).toMatchObject({ state: 'finished', done: 1 });
  });

  it('that is not there (any more) ends its run', async () => {
    const batchId = randomUUID();
    await desk.deps.starter.start(staffAssignmentStart({ batchId, companyId: await salonId() }));
    const run = env.client.workflow.getHandle(staffAssignmentWorkflowId(batchId));
    expect(await run.result()).toEqual({ status: 'gone' });
    await record(batchId, 'staff-assignment-gone');
  });

  it('is not crossed by another one on the same event type', async () => {
    // What is read is old by the time it is there.
    await desk.fault({ vendor: 'calcom', operation: 'teams.eventType', mode: 'delay', delayMs: 400 });
    const one = await salon.request(assign(['jonas'], 407));
    await eventually('the first to be at it', () =>
      desk.deps.db.selectFrom('host_writes').where('batch_id', '=', one.id).select('id').executeTakeFirst(),
    );
    const other = await salon.request(assign(['aylin'], 407));
    const ends = await Promise.all([salon.ended(one.id), salon.ended(other.id)]);
    expect(ends).toMatchObject([{ done: 1 }, { done: 1 }]);
    expect(await salon.hosts(407)).toEqual([MARA, JONAS, AYLIN]);
  });
});

it('of a company with few calls a minute leaves some for others, and stops while it waits', async () => {
  const { db } = desk.deps;
  const dental = await db
    .selectFrom('companies')
    .where('slug', '=', 'northside-dental')
    .select('id')
    .executeTakeFirstOrThrow();
  await db
    .updateTable('companies')
    .set({ limits: '{"apiCallsPerMinute": 12}' })
    .where('id', '=', dental.id)
    .execute();
  const EMAIL = 'clarke@northside-dental.example';
  await db
    .insertInto('calendar_members')
    .values({
      ...{ company_id: dental.id, user_id: 201, email: EMAIL, name: 'Owen', username: 'clarke' },
      ...{ organization_id: null, is_key_owner: false, seen_by: dental.id },
    })
    .execute();
  const ids = [450, 451, 452];
  await salon.seed({
    eventTypes: ids.map((id) => teamEventType(id, [200], { teamSlug: 'northside-dental' })),
  });
  for (const id of ids) {
    await db
      .insertInto('calendar_event_types')
      .values({
        ...{ company_id: dental.id, event_type_id: id, slug: `t${id}`, title: 'T', length_min: 30 },
        ...{ length_options: [], team_id: 200, hosts: [200], service_id: null, problem: null },
        ...{ seen_by: dental.id, gone_at: null },
      })
      .execute();
  }
  const path = '/api/companies/northside-dental/staff-assignments';
  const assignments = [{ staff: [EMAIL], eventTypeIds: ids, action: 'assign' }];
  const { id } = await desk.api('POST', path, { assignments });
  const until = (what: string, is: (batch: Record<string, unknown>) => boolean) =>
    eventually(what, async () => {
      const batch = await desk.api('GET', `${path}/${id}`);
      return is(batch) ? batch : undefined;
    });
  await until('its share to be used', ({ done }) => done === 2);
  await eventually('the run to wait', async () => {
    const { events } = await env.client.workflow
      .getHandle(staffAssignmentWorkflowId(String(id)))
      .fetchHistory();
    return events?.some((event) => event.timerStartedEventAttributes) ? true : undefined;
  });
  await desk.api('POST', `${path}/${id}/cancel`);
  expect(await until('the end', ({ state }) => state !== 'running')).toMatchObject({
    ...{ state: 'cancelled', done: 2, cancelled: 1 },
  });
  await record(String(id), 'staff-assignment-paced');
});

describe('the undo of a batch', () => {
  it('puts back what the batch has changed and nothing else, once', async () => {
    const batch = await salon.carriedOut(assign(['jonas', 'mara'], 408), remove(['mara'], 401));
    expect(await salon.hosts(401)).toEqual([AYLIN]);
    const undo = await salon.undone(batch.id);
    expect(undo).toMatchObject({ state: 'finished', undoOf: batch.id, total: 2, done: 2, percent: 100 });
    expect(await salon.hosts(408)).toEqual([MARA]);
    const [last] = (await desk.ledger('calcom', 'teams.updateEventType'))
      .filter(({ request }) => (request as { id: number }).id === 401)
      .slice(-1);
    expect(last!.request).toMatchObject({
      hosts: [{}, { userId: MARA, mandatory: true, priority: 'highest' }],
    });
    expect((await salon.act(batch.id, 'undo')).id).toBe(undo.id);
    expect(await salon.look(batch.id)).toMatchObject({ undoneBy: undo.id, done: 2 });
    expect(await salon.writes(408)).toBe(2);
    await expect(salon.act(batch.id, 'retry')).rejects.toThrow(/staff-assignment-undone/);
    await expect(salon.act(undo.id, 'undo')).rejects.toThrow(/is-an-undo/);
    await record(undo.id, 'staff-assignment-undone');
  });

  it('leaves what somebody else has changed since, and says so', async () => {
    const batch = await salon.carriedOut(
      assign(['jonas', 'aylin'], 408),
      assign(['aylin'], 406),
      remove(['mara'], 403),
    );
    // Jonas is made a favourite, Aylin is taken off, Mara comes back: all by hand.
    await salon.byHand(408, [{ userId: MARA }, { userId: JONAS, priority: 'high' }]);
    await salon.byHand(403, [{ userId: MARA }, { userId: JONAS }, { userId: AYLIN }]);
    // A later batch wants what it finds.
    await salon.carriedOut(assign(['aylin'], 406));
    const undo = await salon.undone(batch.id);
    expect(undo).toMatchObject({ state: 'finished', total: 4, skipped: 4, done: 0 });
    expect(undo.items.map(({ reason }) => reason)).toEqual([
      ...Array(2).fill('not undone: it was changed since'),
      'not undone: a later batch has asked for it',
      'not undone: it was changed since',
    ]);
    expect(await salon.hosts(408)).toEqual([MARA, JONAS]);
    expect(await salon.hosts(406)).toEqual([MARA, JONAS, AYLIN]);
  });
});
