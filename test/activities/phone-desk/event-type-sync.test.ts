import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventTypeSyncActivities } from '../../../activities/phone-desk/event-type-sync/index.ts';
import { mapEventType } from '../../../activities/phone-desk/event-type-sync/map-event-types.ts';
import {
  acceptStaff,
  listEventTypes,
  listProposedStaff,
} from '../../../db/phone-desk/event-type-sync/event-types-read.ts';
import { type ActivityBed, openActivityBed } from '../../support/activity-bed.ts';

type Known = Parameters<typeof mapEventType>[1];
const service = (slug: string, duration_min: number, more = {}) => ({
  ...{ id: slug, slug, name: slug.toUpperCase(), aliases: [] as string[], duration_min, active: true },
  ...more,
});

describe('what an event type stands for', () => {
  const services = [
    service('haircut', 45, { name: 'Haarschnitt', aliases: ['cut'] }),
    service('colour', 120),
    service('colour-short', 60, { aliases: ['colour'] }),
    service('old', 30, { active: false }),
  ];
  const map = (eventType: object, offers: object[] = []) =>
    mapEventType(
      {
        ...{ event_type_id: 1, slug: 'x', title: 'X', length_min: 45, length_options: [], service_id: null },
        ...eventType,
      } as unknown as Parameters<typeof mapEventType>[0],
      { services, offers } as unknown as Known,
    );

  it.each([
    ['its title', { title: 'HAARSCHNITT' }, 'haircut'],
    ['an alias', { title: 'Cut' }, 'haircut'],
    ['its slug', { slug: 'haircut' }, 'haircut'],
    ['the beginning of its slug', { slug: 'haircut-jonas' }, 'haircut'],
    ['its length among namesakes', { title: 'colour', length_min: 60 }, 'colour-short'],
    ['a length that may be asked for', { title: 'cut', length_min: 30, length_options: [30, 45] }, 'haircut'],
  ])('is found by %s', (_by, eventType, slug) => {
    expect(map(eventType)).toEqual({ serviceId: slug, problem: null });
  });

  it.each([
    ['without a namesake', { title: 'Massage' }, 'no service has its name'],
    ['of another length', { title: 'cut', length_min: 30 }, 'it takes 30 minutes, but haircut takes 45'],
    [
      'of a service that is not offered any more',
      { title: 'old', length_min: 30 },
      'no service has its name',
    ],
  ])('%s a person has to say', (_what, eventType, problem) => {
    expect(map(eventType)).toEqual({ serviceId: null, problem });
  });

  it('stays what it was said or found to be; a length that does not fit is told', () => {
    expect(map({ title: 'Massage', service_id: 'colour', length_min: 120 })).toEqual({
      serviceId: 'colour',
      problem: null,
    });
    const offers = [{ calcom_event_type_id: 1, service_id: 'colour' }];
    expect(map({ title: 'cut' }, offers)).toEqual({
      serviceId: 'colour',
      problem: 'it takes 45 minutes, but colour takes 120',
    });
  });
});

describe('a comparison of event types', () => {
  let bed: ActivityBed;
  let companyId: string;
  let sync: ReturnType<typeof createEventTypeSyncActivities>;
  beforeAll(async () => {
    bed = await openActivityBed();
    sync = createEventTypeSyncActivities(bed.deps);
    companyId = (await bed.event('jonas@salon-lindgruen.example', 'haircut')).companyId;
  });
  afterAll(() => bed?.close());

  const seed = async (calcom: object) => {
    const response = await fetch(`${bed.emulatorsUrl}/_emulator/seed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ calcom }),
    });
    expect(response.status, await response.text()).toBe(204);
  };
  const compare = async () => {
    const syncId = (await sync.beginEventTypeSync(companyId, crypto.randomUUID()))!;
    for (const team of await sync.readAccount(companyId, syncId)) {
      await sync.readTeam(companyId, syncId, team);
    }
    for (const member of await sync.listMembersSeen(companyId, syncId)) {
      await sync.readMember(companyId, syncId, member);
    }
    return sync.settleEventTypes(companyId, syncId);
  };
  const shown = async (id: number) =>
    (await listEventTypes(bed.deps.db, companyId)).find((eventType) => eventType.id === id);
  const offersOf = (eventTypeId: number) =>
    bed.deps.db
      .selectFrom('event_types')
      .innerJoin('staff', 'staff.id', 'event_types.staff_id')
      .where('calcom_event_type_id', '=', eventTypeId)
      .select(['staff.email', 'event_types.active', 'staff.active as staffActive'])
      .orderBy('email')
      .execute();

  it('changes nothing where nothing differs', async () => {
    expect(await compare()).toEqual({ eventTypes: 5, unmapped: 0, gone: 0, proposedStaff: 0 });
    expect(await shown(102)).toMatchObject({
      slug: 'haircut-jonas',
      service: 'haircut',
      hosts: ['jonas@salon-lindgruen.example'],
      problem: null,
    });
    const rows = await bed.deps.db.selectFrom('event_types').where('active', '=', false).execute();
    expect(rows).toEqual([]);
  });

  it('a team’s event type is offered by its hosts; a stranger among them is proposed, not booked', async () => {
    await seed({
      users: [
        {
          ...{ id: 150, name: 'Nele Neu', email: 'Nele@Salon-Lindgruen.example', username: 'nele' },
          ...{ timeZone: 'Europe/Berlin', organizationId: 100 },
        },
      ],
      teams: [
        {
          ...{ id: 100, slug: 'salon-lindgruen', name: 'Salon' },
          members: [{ userId: 100, role: 'OWNER' }, { userId: 101 }, { userId: 102 }, { userId: 150 }],
        },
      ],
      eventTypes: [
        {
          ...{ id: 190, slug: 'colour-team', title: 'Farbe', lengthInMinutes: 120 },
          ...{ hosts: [101, 150], teamSlug: 'salon-lindgruen' },
        },
        { id: 191, slug: 'massage', title: 'Massage', lengthInMinutes: 30, ownerId: 101 },
      ],
    });
    expect(await compare()).toEqual({ eventTypes: 7, unmapped: 1, gone: 0, proposedStaff: 1 });
    expect(await offersOf(190)).toEqual([
      { email: 'jonas@salon-lindgruen.example', active: true, staffActive: true },
      { email: 'nele@salon-lindgruen.example', active: true, staffActive: false },
    ]);
    expect(await shown(191)).toMatchObject({ service: null, problem: 'no service has its name' });
    expect(await listProposedStaff(bed.deps.db, companyId)).toMatchObject([{ name: 'Nele Neu' }]);
    expect(await compare()).toMatchObject({ proposedStaff: 0 });
  });

  it('who is no host any more, and what is gone, is not offered; what comes back is', async () => {
    const [nele] = await listProposedStaff(bed.deps.db, companyId);
    expect(await acceptStaff(bed.deps.db, companyId, nele!.id)).toEqual({ timeZone: 'Europe/Berlin' });
    await bed.calendar.ask('PATCH', '/v2/teams/100/event-types/190', { hosts: [{ userId: 150 }] });
    await fetch(`${bed.emulatorsUrl}/calcom/_emulator/event-types/103`, { method: 'DELETE' });
    expect(await compare()).toMatchObject({ gone: 1 });
    expect(await offersOf(190)).toEqual([
      { email: 'jonas@salon-lindgruen.example', active: false, staffActive: true },
      { email: 'nele@salon-lindgruen.example', active: true, staffActive: true },
    ]);
    expect(await offersOf(103)).toMatchObject([{ active: false }]);
    expect(await shown(103)).toMatchObject({ goneAt: expect.any(Date) });
    const again = { id: 103, slug: 'haircut-aylin', title: 'Haarschnitt', lengthInMinutes: 45, ownerId: 102 };
    await seed({ eventTypes: [again] });
    expect(await compare()).toMatchObject({ gone: 0 });
    expect(await offersOf(103)).toMatchObject([{ active: true }]);
    expect(await shown(103)).toMatchObject({ goneAt: null });
  });

  it('what was switched off by hand stays off', async () => {
    await bed.deps.db
      .updateTable('event_types')
      .set({ active: false })
      .where('calcom_event_type_id', '=', 103)
      .execute();
    await compare();
    expect(await offersOf(103)).toMatchObject([{ active: false }]);
  });

  it('a host under another address than ours withdraws nothing, and is told', async () => {
    await seed({
      users: [
        {
          ...{ id: 101, name: 'Jonas P', email: 'jonas.private@example.com', username: 'jonas' },
          ...{ timeZone: 'Europe/Berlin', organizationId: 100 },
        },
      ],
    });
    await compare();
    expect(await offersOf(102)).toMatchObject([
      { email: 'jonas.private@example.com', staffActive: false },
      { email: 'jonas@salon-lindgruen.example', active: true },
    ]);
    expect((await shown(102))!.problem).toContain('none of its hosts by address');
  });

  it('a calendar that shows nothing at all withdraws nothing', async () => {
    const syncId = (await sync.beginEventTypeSync(companyId, crypto.randomUUID()))!;
    expect(await sync.settleEventTypes(companyId, syncId)).toMatchObject({ eventTypes: 0, gone: 0 });
    expect(await offersOf(101)).toMatchObject([{ active: true }]);
  });
});
