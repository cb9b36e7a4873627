import { expect } from 'vitest';
import { staffAssignmentWorkflowId } from '../../shared/ids.ts';
import { openCalendar } from './calendar.ts';
import type { PhoneDesk } from './phone-desk.ts';
import { eventually } from './test-bed.ts';

export const SALON = '/api/companies/salon-lindgruen';
export const [MARA, JONAS, AYLIN] = [100, 101, 102];
export const address = (name: string) => `${name}@salon-lindgruen.example`;

/** A team's event type of the salon. */
export const teamEventType = (id: number, hosts: number[], more: object = {}) => ({
  ...{ id, slug: `team-${id}`, title: `Team ${id}`, lengthInMinutes: 30, hosts, teamSlug: 'salon-lindgruen' },
  ...more,
});

export interface Batch {
  id: string;
  state: string;
  undoneBy: string | null;
  total: number;
  pending: number;
  done: number;
  unchanged: number;
  skipped: number;
  failed: number;
  cancelled: number;
  percent: number;
  items: {
    position: number;
    staff: string;
    eventTypeId: number;
    action: string;
    status: string;
    reason: string | null;
  }[];
}

interface NewAssignments {
  staff: string[];
  eventTypeIds: number[];
  action: string;
}

/** The salon with event types of teams that have been compared, and what its people and operators do with them. */
export function openAssignments(desk: PhoneDesk) {
  const calendar = openCalendar(desk.emulatorsUrl);
  const at = (id: string, verb = '') => `${SALON}/staff-assignments/${id}${verb}`;
  const look = async (id: string) => (await desk.api('GET', at(id))) as unknown as Batch;
  const act = async (id: string, verb: 'retry' | 'cancel' | 'undo') =>
    (await desk.api('POST', at(id, `/${verb}`))) as unknown as Batch;
  const ended = (id: string) =>
    eventually('the batch to end', async () => {
      const batch = await look(id);
      if (batch.state === 'running') return undefined;
      const run = await desk.env.client.workflow.getHandle(staffAssignmentWorkflowId(id)).describe();
      return run.status.name === 'RUNNING' ? undefined : batch;
    });
  const request = async (...assignments: NewAssignments[]) =>
    (await desk.api('POST', `${SALON}/staff-assignments`, { assignments })) as unknown as Batch;
  return {
    look,
    act,
    ended,
    request,
    carriedOut: async (...assignments: NewAssignments[]) => ended((await request(...assignments)).id),
    undone: async (id: string) => ended((await act(id, 'undo')).id),
    seed: (calcom: object) => desk.control('/_emulator/seed', { calcom }),
    async compare() {
      const { id } = (await desk.api('POST', `${SALON}/event-type-sync`)) as { id: string };
      await eventually('the comparison to end', async () => {
        const { last } = (await desk.api('GET', `${SALON}/event-types`)) as {
          last: { id: string; status: string } | null;
        };
        return last?.id === id && last.status === 'synced' ? true : undefined;
      });
    },
    /** Who hosts it at Cal.com, in the order of their ids. */
    async hosts(eventTypeId: number, team = 100): Promise<number[]> {
      const eventType = await calendar.ask('GET', `/v2/teams/${team}/event-types/${eventTypeId}`);
      const { hosts } = eventType as unknown as { hosts: { userId: number }[] };
      return hosts.map(({ userId }) => userId).sort();
    },
    /** Somebody else sets the hosts at Cal.com. */
    byHand: (eventTypeId: number, hosts: object[]) =>
      calendar.ask('PATCH', `/v2/teams/100/event-types/${eventTypeId}`, { hosts }),
    /** How often Cal.com has set the hosts of an event type. */
    async writes(eventTypeId: number): Promise<number> {
      const rows = await desk.ledger('calcom', 'teams.updateEventType');
      return rows.filter(({ request }) => (request as { id: number }).id === eventTypeId).length;
    },
    async remove(eventTypeId: number): Promise<void> {
      const address = `${desk.emulatorsUrl}/calcom/_emulator/event-types/${eventTypeId}`;
      expect((await fetch(address, { method: 'DELETE' })).status).toBe(204);
    },
  };
}

export type Assignments = ReturnType<typeof openAssignments>;
