import { type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';

/** The event types of a company's calendar, with what they offer here and who hosts them. */
export function listEventTypes(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('calendar_event_types as t')
    .leftJoin('services', 'services.id', 't.service_id')
    .where('t.company_id', '=', companyId)
    .select(['t.event_type_id as id', 't.slug', 't.title', 't.length_min as lengthMin'])
    .select(['services.slug as service', 't.problem', 't.seen_at as seenAt', 't.gone_at as goneAt'])
    .select(
      sql<string[]>`coalesce((SELECT array_agg(m.email ORDER BY m.email) FROM calendar_members m
        WHERE m.company_id = t.company_id AND m.user_id = ANY(t.hosts)), '{}')`.as('hosts'),
    )
    .orderBy('t.event_type_id')
    .execute();
}

/** Hosts of the calendar who wait for somebody to say that they are of the staff. */
export function listProposedStaff(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('staff')
    .where('company_id', '=', companyId)
    .where('proposed_at', 'is not', null)
    .select(['id', 'name', 'email', 'proposed_at as proposedAt'])
    .orderBy('proposed_at')
    .execute();
}

/** A person has said what an event type offers, and with that what it does not; false: there is no such event type. */
export async function mapEventTypeTo(
  trx: Kysely<Database>,
  companyId: string,
  eventTypeId: number,
  serviceId: string,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('calendar_event_types')
    .set({ service_id: serviceId })
    .where('company_id', '=', companyId)
    .where('event_type_id', '=', eventTypeId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await trx
    .updateTable('event_types')
    .set({ active: false, gone_at: new Date() })
    .where('company_id', '=', companyId)
    .where('calcom_event_type_id', '=', eventTypeId)
    .where('service_id', '!=', serviceId)
    .where('active', '=', true)
    .execute();
  return true;
}

/** A person has said yes to a proposal: returns by whose clock they work; undefined: there is none. */
export function acceptStaff(
  trx: Kysely<Database>,
  companyId: string,
  staffId: string,
): Promise<{ timeZone: string } | undefined> {
  return trx
    .updateTable('staff')
    .set({ active: true, proposed_at: null })
    .where('company_id', '=', companyId)
    .where('id', '=', staffId)
    .where('proposed_at', 'is not', null)
    .returning('time_zone as timeZone')
    .executeTakeFirst();
}
