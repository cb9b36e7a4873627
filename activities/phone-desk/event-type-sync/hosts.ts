import type { Kysely } from 'kysely';
import { type Offers, proposeStaff } from '../../../db/phone-desk/event-type-sync/event-type-sync.ts';
import type { Database } from '../../../db/tables/database.ts';

/** Who hosts an event type, as our staff. */
export interface Hosts {
  staffIds: string[];
  /** Every host is somebody whom a person has said to be of the staff. */
  sure: boolean;
  problems: string[];
}

/** Finds the hosts of event types among the staff, by e-mail; one whom nobody knows becomes a proposal. */
export function createPeople(trx: Kysely<Database>, companyId: string, known: Offers) {
  const staff = new Map(
    known.staff.map(({ id, email, proposed_at }) => [
      email.toLowerCase(),
      { id, sure: proposed_at === null },
    ]),
  );
  const members = new Map(known.members.map((member) => [member.user_id, member]));
  let proposed = 0;
  return {
    /** How many proposals there are more. */
    get proposed() {
      return proposed;
    },
    async staffOf({ hosts }: Offers['eventTypes'][number]): Promise<Hosts> {
      const found: Hosts = { staffIds: [], sure: true, problems: [] };
      for (const host of hosts) {
        const member = members.get(host);
        if (!member) {
          found.sure = false;
          found.problems.push(`its host ${host} is nobody whom the key may see`);
          continue;
        }
        let person = staff.get(member.email);
        if (!person) {
          person = { id: await proposeStaff(trx, companyId, member), sure: false };
          staff.set(member.email, person);
          proposed += 1;
        }
        found.sure &&= person.sure;
        found.staffIds.push(person.id);
      }
      return found;
    },
  };
}
