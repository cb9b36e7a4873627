import type { Kysely } from 'kysely';
import { dropAvailability } from '../../../db/phone-desk/availability/availability-cache.ts';
import {
  noteMapping,
  type Offers,
  offer,
  readOffers,
  restoreOffer,
  withdrawOffer,
} from '../../../db/phone-desk/event-type-sync/event-type-sync.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { Deps } from '../../../platform/deps.ts';
import { createPeople, type Hosts } from './hosts.ts';
import { mapEventType } from './map-event-types.ts';

type EventType = Offers['eventTypes'][number];

/** What a comparison of event types has come to. */
export interface SettledEventTypes {
  eventTypes: number;
  unmapped: number;
  gone: number;
  proposedStaff: number;
  [count: string]: number;
}

/**
 * Brings what a comparison has found to our side, in one transaction: which service each event type stands for, who
 * offers it, and what the calendar does not offer any more. A calendar that shows nothing at all, where there was
 * something before, withdraws nothing: that is rather another account.
 */
export async function settleEventTypes(
  deps: Deps,
  companyId: string,
  syncId: string,
): Promise<SettledEventTypes> {
  return deps.db.transaction().execute(async (trx) => {
    const known = await readOffers(trx, companyId);
    const seen = known.eventTypes.filter(({ seen_by }) => seen_by === syncId);
    const settled = { eventTypes: seen.length, unmapped: 0, gone: 0, proposedStaff: 0 };
    const people = createPeople(trx, companyId, known);
    for (const eventType of seen) {
      const { serviceId, problem } = mapEventType(eventType, known);
      const problems = problem ? [problem] : [];
      if (!serviceId) settled.unmapped += 1;
      else {
        const hosts = await people.staffOf(eventType);
        problems.push(...hosts.problems);
        problems.push(...(await settleOffers(trx, known, eventType, serviceId, hosts, seen)));
      }
      await noteMapping(trx, companyId, eventType.event_type_id, {
        serviceId,
        problem: problems.join('; ') || null,
        gone: false,
      });
    }
    settled.proposedStaff = people.proposed;
    // What was asked of these calendars before may have been of an event type that is another now.
    await dropAvailability(trx, { companyId });
    if (seen.length > 0) settled.gone = await settleGone(trx, companyId, known, seen);
    return settled;
  });
}

/** Who offers a service under this event type, and who does not any more. Returns what a person has to look at. */
async function settleOffers(
  trx: Kysely<Database>,
  { offers }: Offers,
  { company_id: companyId, event_type_id: eventTypeId }: EventType,
  serviceId: string,
  { staffIds, sure }: Hosts,
  seen: EventType[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const staffId of staffIds) {
    const other = offers.find((row) => row.service_id === serviceId && row.staff_id === staffId);
    if (!other) {
      await offer(trx, { companyId, serviceId, staffId, eventTypeId });
    } else if (other.calcom_event_type_id === eventTypeId) {
      await restoreOffer(trx, other.id);
    } else if (seen.some((row) => row.event_type_id === other.calcom_event_type_id)) {
      problems.push(`staff ${staffId} offers this service under event type ${other.calcom_event_type_id}`);
    } else {
      // The one it was offered under is gone: this one has taken its place.
      await offer(trx, { companyId, serviceId, staffId, eventTypeId });
      other.calcom_event_type_id = eventTypeId;
    }
  }
  const left = offers.filter(
    (row) => row.calcom_event_type_id === eventTypeId && !staffIds.includes(row.staff_id),
  );
  // A host of whom we know nothing may be the very person under another address.
  if (sure) for (const { id } of left) await withdrawOffer(trx, id);
  else problems.push(...left.map((row) => `staff ${row.staff_id} is none of its hosts by address`));
  return problems;
}

/** What the calendar does not show any more is not offered any more; returns how many event types. */
async function settleGone(
  trx: Kysely<Database>,
  companyId: string,
  { eventTypes, offers }: Offers,
  seen: EventType[],
): Promise<number> {
  const shown = new Set(seen.map((row) => row.event_type_id));
  const withdrawn = offers.filter((row) => !shown.has(row.calcom_event_type_id));
  for (const { id } of withdrawn) await withdrawOffer(trx, id);
  const gone = eventTypes.filter((row) => !shown.has(row.event_type_id));
  for (const row of gone) {
    const { service_id: serviceId, problem } = row;
    await noteMapping(trx, companyId, row.event_type_id, { serviceId, problem, gone: true });
  }
  return new Set([
    ...withdrawn.map((row) => row.calcom_event_type_id),
    ...gone.map((row) => row.event_type_id),
  ]).size;
}
