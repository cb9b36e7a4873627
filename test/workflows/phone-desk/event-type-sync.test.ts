import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eventTypeSyncWorkflowId } from '../../../shared/ids.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

const SALON = '/api/companies/salon-lindgruen';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

interface State {
  last: { id: string; status: string; detail: object } | null;
  eventTypes: { id: number; service: string | null; problem: string | null }[];
}

const ended = (id: string, company = SALON) =>
  eventually('the comparison to end', async () => {
    const state = (await desk.api('GET', `${company}/event-types`)) as unknown as State;
    return state.last?.id === id && !['requested', 'running'].includes(state.last.status) ? state : undefined;
  });
const sync = async (company = SALON) =>
  ended(((await desk.api('POST', `${company}/event-type-sync`)) as { id: string }).id, company);
const alerts = async () =>
  (await desk.api('GET', '/api/alerts?standing=true')).items as { company: string }[];

it('a company asks for it; what an event type offers a person may say', async () => {
  await desk.control('/_emulator/seed', {
    calcom: {
      eventTypes: [{ id: 160, slug: 'wash', title: 'Waschen', lengthInMinutes: 45, ownerId: 100 }],
    },
  });
  const first = await sync();
  expect(first.last).toMatchObject({ status: 'synced', detail: { eventTypes: 6, unmapped: 1 } });
  const { companyId } = await companyOf('salon-lindgruen');
  await recordHistory(desk, eventTypeSyncWorkflowId(companyId), 'event-type-sync');
  await desk.deps.db
    .insertInto('services')
    .values({ company_id: companyId, slug: 'wash-and-go', name: 'Waschen und los', duration_min: 45 })
    .execute();
  const said = (await desk.api('POST', `${SALON}/event-types/160/service`, { service: 'wash-and-go' })) as {
    id: string;
  };
  const { eventTypes } = await ended(said.id);
  expect(eventTypes.find(({ id }) => id === 160)).toMatchObject({ service: 'wash-and-go', problem: null });
  await expect(desk.api('POST', `${SALON}/event-types/9/service`, { service: 'haircut' })).rejects.toThrow(
    '404',
  );
  await expect(desk.api('POST', `${SALON}/event-types/160/service`, { service: 'no' })).rejects.toThrow(
    'there is no such service',
  );
});

it('a key that is refused stops that company alone, and is shown', async () => {
  await desk.fault({ vendor: 'calcom', operation: 'teams.list', mode: 'status', status: 403, count: 1 });
  expect((await sync()).last!.status).toBe('key-refused');
  expect(await alerts()).toMatchObject([{ company: 'salon-lindgruen' }]);
  expect((await sync('/api/companies/northside-dental')).last!.status).toBe('synced');
  // The bookings may still be listed: that clears nothing.
  const { id } = (await desk.api('POST', `${SALON}/booking-sync`)) as { id: string };
  await eventually('the bookings to be compared', async () => {
    const { last } = (await desk.api('GET', `${SALON}/booking-sync`)) as unknown as State;
    return last?.id === id && last.status === 'synced' ? last : undefined;
  });
  expect(await alerts()).toHaveLength(1);
  expect((await sync()).last!.status).toBe('synced');
  expect(await alerts()).toEqual([]);
});

async function companyOf(slug: string) {
  const { id: companyId } = await desk.deps.db
    .selectFrom('companies')
    .where('slug', '=', slug)
    .select('id')
    .executeTakeFirstOrThrow();
  return { companyId };
}
