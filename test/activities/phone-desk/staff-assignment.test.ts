import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStaffAssignmentActivities } from '../../../activities/phone-desk/staff-assignment/index.ts';
import { planHosts } from '../../../activities/phone-desk/staff-assignment/plan-hosts.ts';
import { beginSync } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import { findHostTarget, takeTurn } from '../../../db/phone-desk/staff-assignment/host-writes.ts';
import type { Wish } from '../../../db/phone-desk/staff-assignment/staff-assignment-run.ts';
import { insertAssignments } from '../../../db/phone-desk/staff-assignment/staff-assignments.ts';
import { readBatch } from '../../../db/phone-desk/staff-assignment/staff-assignments-read.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { AssignmentAction, Host } from '../../../shared/phone-desk/assignments.ts';
import { type ActivityBed, openActivityBed } from '../../support/activity-bed.ts';
import { AYLIN, address, JONAS, MARA, teamEventType } from '../../support/assignments.ts';

const [A, B, C]: Host[] = [
  { userId: 1, mandatory: true, priority: 'high' },
  { userId: 2, mandatory: false, priority: 'medium' },
  { userId: 3 },
];

describe('the hosts to be written', () => {
  const wish = (userId: number, action: AssignmentAction, more: Partial<Wish> = {}): Wish => ({
    ...{ position: userId, staffId: `s${userId}`, userId, action, undoes: null, askedSince: false },
    ...more,
  });
  const undoing = (userId: number, action: AssignmentAction, host: Host | null, askedSince = false) =>
    wish(userId, action, { undoes: { host, since: new Date() }, askedSince });
  const plan = (current: Host[], ...wishes: Wish[]) => {
    const { hosts, changes, settled } = planHosts(current, wishes);
    return {
      hosts,
      changed: changes.map(({ userId }) => userId),
      settled: settled.map(({ position, status }) => [position, status]),
    };
  };

  it('are the others as they were, with who is put on and without who is taken off', () => {
    expect(
      plan([A!, B!], wish(2, 'remove'), wish(3, 'assign'), wish(1, 'assign'), wish(4, 'remove')),
    ).toEqual({
      hosts: [A, { userId: 3 }],
      changed: [2, 3],
      settled: [
        [1, 'unchanged'],
        [4, 'unchanged'],
      ],
    });
  });

  it('of an undo are those before, with their settings, as far as nobody has changed them since', () => {
    expect(plan([B!], undoing(1, 'assign', A!), undoing(2, 'remove', B!))).toEqual({
      ...{ hosts: [A], changed: [1, 2], settled: [] },
    });
    expect(plan([A!, C!], undoing(1, 'assign', A!), undoing(2, 'remove', B!)).settled).toEqual([
      [1, 'skipped'],
      [2, 'skipped'],
    ]);
    const favourite = { ...B!, priority: 'highest' };
    expect(plan([favourite], undoing(2, 'remove', B!))).toMatchObject({ hosts: [favourite], changed: [] });
    expect(plan([B!], undoing(2, 'remove', B!, true)).settled).toEqual([[2, 'skipped']]);
  });
});

describe('changing the hosts of an event type', () => {
  let bed: ActivityBed;
  let companyId: string;
  let activities: ReturnType<typeof createStaffAssignmentActivities>;
  let eventTypeId = 300;

  beforeAll(async () => {
    bed = await openActivityBed();
    activities = createStaffAssignmentActivities(bed.deps);
    companyId = (await bed.event(address('jonas'), 'haircut')).companyId;
  });
  afterAll(() => bed?.close());
  beforeEach(async () => {
    eventTypeId += 1;
    const response = await fetch(`${bed.emulatorsUrl}/_emulator/seed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ calcom: { eventTypes: [teamEventType(eventTypeId, [MARA!])] } }),
    });
    expect(response.status).toBe(204);
    await bed.deps.db
      .insertInto('calendar_event_types')
      .values({
        ...{ company_id: companyId, event_type_id: eventTypeId, slug: 'x', title: 'X', length_min: 30 },
        ...{ length_options: [], team_id: 100, hosts: [], service_id: null, problem: null },
        ...{ seen_by: randomUUID(), gone_at: null },
      })
      .execute();
  });

  const staffId = async (name: string) => (await bed.event(address(name), 'haircut')).staffId;
  async function file(name: string, userId: number, action: AssignmentAction = 'assign'): Promise<string> {
    const id = randomUUID();
    const assignment = { staffId: await staffId(name), userId, eventTypeId, action };
    await bed.deps.db
      .transaction()
      .execute((trx) => insertAssignments(trx, { id, companyId, exactEventTypes: [] }, [assignment]));
    return id;
  }
  const itemsOf = async (id: string) => (await readBatch(bed.deps.db, companyId, id))!.items;
  const ask = (method: string, body?: object) =>
    bed.calendar.ask(method, `/v2/teams/100/event-types/${eventTypeId}`, body);
  const hosts = async () =>
    ((await ask('GET')) as unknown as { hosts: { userId: number }[] }).hosts.map(({ userId }) => userId);
  const writes = async () => {
    const url = `${bed.emulatorsUrl}/_emulator/ledger?vendor=calcom&operation=teams.updateEventType`;
    const rows = (await (await fetch(url)).json()) as { request: { id: number } }[];
    return rows.filter(({ request }) => request.id === eventTypeId).length;
  };
  /** Nobody holds it any more: the time of whoever did has run out. */
  const timePasses = async () => {
    await bed.deps.pool.query("UPDATE effects SET lease_until = now() WHERE key LIKE 'hosts:%'");
    await bed.deps.pool.query('UPDATE host_writes SET held_until = now()');
  };

  /** The activities of a worker that stops for ever at a point of its write, or until it is let go on. */
  function stopping(when: 'before' | 'after') {
    let letGo!: () => void;
    let arrived!: () => void;
    const stop = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const pause = () => {
      arrived();
      return stop;
    };
    const once: Deps['effects']['once'] = async (effect) => {
      if (when === 'before') await pause();
      const perform = () =>
        effect.perform().then((result) => (when === 'after' ? pause().then(() => result) : result));
      return bed.deps.effects.once({ ...effect, perform });
    };
    const worker = createStaffAssignmentActivities({ ...bed.deps, effects: { ...bed.deps.effects, once } });
    return { worker, there, letGo };
  }

  it('is done once by a worker that dies after it and the one that takes over', async () => {
    const id = await file('jonas', JONAS!);
    const { worker, there, letGo } = stopping('after');
    const dying = worker.changeHosts(id, eventTypeId);
    await there;
    expect(await itemsOf(id)).toMatchObject([{ status: 'pending' }]);
    await expect(activities.changeHosts(id, eventTypeId)).rejects.toThrow(/held by another/);
    await timePasses();
    await activities.changeHosts(id, eventTypeId);
    expect(await itemsOf(id)).toMatchObject([{ status: 'done' }]);
    expect([await hosts(), await writes()]).toEqual([[MARA, JONAS], 1]);
    // It was not dead, only slow: what it finds out late changes nothing.
    letGo();
    await dying;
    expect(await itemsOf(id)).toMatchObject([{ status: 'done' }]);
    expect(await writes()).toBe(1);
  });

  it('is not done with an old list by a worker that wakes up after another one', async () => {
    const first = await file('jonas', JONAS!);
    const second = await file('aylin', AYLIN!);
    const { worker, there, letGo } = stopping('before');
    const sleeping = worker.changeHosts(first, eventTypeId);
    await there;
    await expect(activities.changeHosts(second, eventTypeId)).rejects.toThrow(/another batch changes/);
    await timePasses();
    await activities.changeHosts(second, eventTypeId);
    letGo();
    await expect(sleeping).rejects.toThrow(/taken its turn/);
    expect(await hosts()).toEqual([MARA, AYLIN]);
    await activities.changeHosts(first, eventTypeId);
    expect(await hosts()).toEqual([MARA, AYLIN, JONAS]);
    expect(await writes()).toBe(2);
  });

  it('that somebody else undoes at the same moment has failed, and says so', async () => {
    const id = await file('jonas', JONAS!);
    const { worker, there, letGo } = stopping('after');
    const writing = worker.changeHosts(id, eventTypeId);
    await there;
    await ask('PATCH', { hosts: [{ userId: AYLIN }] });
    letGo();
    await writing;
    expect(await itemsOf(id)).toMatchObject([
      { status: 'failed', reason: expect.stringMatching(/somebody changed the hosts/) },
    ]);
    const row = await bed.deps.db
      .selectFrom('calendar_event_types')
      .where('event_type_id', '=', eventTypeId)
      .select('hosts')
      .executeTakeFirstOrThrow();
    expect(row.hosts).toEqual([AYLIN]);
  });

  it('leaves no turn behind, whatever became of it', async () => {
    const id = await file('jonas', JONAS!);
    await activities.changeHosts(id, eventTypeId);
    await activities.changeHosts(id, eventTypeId);
    const gone = await file('aylin', AYLIN!);
    await fetch(`${bed.emulatorsUrl}/calcom/_emulator/event-types/${eventTypeId}`, { method: 'DELETE' });
    await activities.changeHosts(gone, eventTypeId);
    expect(await itemsOf(gone)).toMatchObject([{ status: 'failed' }]);
    const { rows } = await bed.deps.pool.query(
      'SELECT closed_at IS NULL AS open FROM host_writes WHERE event_type_id = $1',
      [eventTypeId],
    );
    expect(rows).toEqual([{ open: false }]);
  });

  it('goes on at once with a turn of its own batch under which nothing was written', async () => {
    const id = await file('jonas', JONAS!);
    const target = (await findHostTarget(bed.deps.db, id, eventTypeId))!;
    expect(await takeTurn(bed.deps.db, target, id, 60_000)).toMatchObject({ kind: 'fresh' });
    const other = await file('aylin', AYLIN!);
    expect(await takeTurn(bed.deps.db, target, other, 60_000)).toMatchObject({ kind: 'held' });
    await activities.changeHosts(id, eventTypeId);
    expect(await hosts()).toEqual([MARA, JONAS]);
  });

  it('takes no more of them at a time than its share of the limit has room for', async () => {
    const id = randomUUID();
    const staff = await staffId('jonas');
    const assignments = Array.from({ length: 7 }, (_, index) => ({
      ...{ staffId: staff, userId: JONAS!, eventTypeId: 900 + index, action: 'assign' as const },
    }));
    const batch = { id, companyId, exactEventTypes: [] };
    await bed.deps.db.transaction().execute((trx) => insertAssignments(trx, batch, assignments));
    const next = async (apiCallsPerMinute: number) => {
      const settings = await bed.deps.companySettings(companyId);
      const companySettings = async () => ({
        ...settings,
        limits: { ...settings.limits, apiCallsPerMinute },
      });
      const limited = createStaffAssignmentActivities({ ...bed.deps, companySettings });
      return limited.nextEventTypes(id, companyId, 5);
    };
    expect(await next(60)).toEqual({ state: 'go', eventTypeIds: [900, 901, 902, 903, 904], paceMs: 30_000 });
    expect(await next(12)).toEqual({ state: 'go', eventTypeIds: [900, 901], paceMs: 60_000 });
    expect(await next(3)).toEqual({ state: 'go', eventTypeIds: [900], paceMs: 120_000 });
    expect(await activities.nextEventTypes(randomUUID(), companyId, 5)).toEqual({ state: 'gone' });
  });

  it('waits for a retry where the company has no calendar any more', async () => {
    const id = await file('jonas', JONAS!);
    const { db } = bed.deps;
    const setActive = (active: boolean) =>
      db.updateTable('companies').set({ active }).where('id', '=', companyId).execute();
    await setActive(false);
    const next = await activities.nextEventTypes(id, companyId, 5);
    expect(next).toEqual({ state: 'not-connected' });
    await setActive(true);
    expect(await activities.endAssignments(id, 'not-connected')).toMatchObject({ status: 'not-connected' });
    expect(await itemsOf(id)).toMatchObject([{ status: 'pending' }]);
  });

  it('that a comparison of event types ran beside has another comparison follow', async () => {
    const id = await file('jonas', JONAS!);
    await activities.changeHosts(id, eventTypeId);
    expect(await activities.endAssignments(id, null)).toEqual({ status: 'completed', compareAgain: false });
    await beginSync(bed.deps.db, { companyId, kind: 'event-types' }, randomUUID());
    const beside = await file('aylin', AYLIN!);
    await activities.changeHosts(beside, eventTypeId);
    expect(await activities.endAssignments(beside, null)).toEqual({
      status: 'completed',
      compareAgain: true,
    });
  });
});
