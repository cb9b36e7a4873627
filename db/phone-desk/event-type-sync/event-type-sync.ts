import { type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';

export interface Member {
  userId: number;
  email: string;
  name: string;
  username: string;
  organizationId: number | null;
  isKeyOwner: boolean;
}

/** Notes people of a calendar, found by a comparison. The owner of the key stays what they are. */
export async function noteMembers(
  db: Kysely<Database>,
  companyId: string,
  syncId: string,
  members: Member[],
): Promise<void> {
  if (members.length === 0) return;
  await db
    .insertInto('calendar_members')
    .values(
      members.map(({ userId, email, name, username, organizationId, isKeyOwner }) => ({
        company_id: companyId,
        user_id: userId,
        email: email.toLowerCase(),
        name,
        username,
        organization_id: organizationId,
        is_key_owner: isKeyOwner,
        seen_by: syncId,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['company_id', 'user_id']).doUpdateSet({
        email: (eb) => eb.ref('excluded.email'),
        name: (eb) => eb.ref('excluded.name'),
        username: (eb) => eb.ref('excluded.username'),
        organization_id: sql`coalesce(excluded.organization_id, calendar_members.organization_id)`,
        is_key_owner: sql`excluded.is_key_owner OR (calendar_members.is_key_owner AND calendar_members.seen_by = ${syncId})`,
        seen_by: syncId,
      }),
    )
    .execute();
}

/** The people that a comparison has found, by id. */
export function membersSeen(db: Kysely<Database>, companyId: string, syncId: string) {
  return db
    .selectFrom('calendar_members')
    .where('company_id', '=', companyId)
    .where('seen_by', '=', syncId)
    .selectAll()
    .orderBy('user_id')
    .execute();
}

export interface FoundEventType {
  id: number;
  slug: string;
  title: string;
  lengthMin: number;
  lengthOptions: number[];
  teamId: number | null;
  hosts: number[];
}

/** Notes event types of a calendar, found by a comparison; what they offer here stays as it was. */
export async function noteEventTypes(
  db: Kysely<Database>,
  companyId: string,
  syncId: string,
  found: FoundEventType[],
): Promise<void> {
  if (found.length === 0) return;
  await db
    .insertInto('calendar_event_types')
    .values(
      found.map(({ id, slug, title, lengthMin, lengthOptions, teamId, hosts }) => ({
        company_id: companyId,
        event_type_id: id,
        slug,
        title,
        length_min: lengthMin,
        length_options: lengthOptions,
        team_id: teamId,
        hosts,
        service_id: null,
        problem: null,
        seen_by: syncId,
        gone_at: null,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['company_id', 'event_type_id']).doUpdateSet({
        slug: (eb) => eb.ref('excluded.slug'),
        title: (eb) => eb.ref('excluded.title'),
        length_min: (eb) => eb.ref('excluded.length_min'),
        length_options: (eb) => eb.ref('excluded.length_options'),
        team_id: (eb) => eb.ref('excluded.team_id'),
        hosts: (eb) => eb.ref('excluded.hosts'),
        seen_by: syncId,
        seen_at: new Date(),
        gone_at: null,
      }),
    )
    .execute();
}

/** Everything that settling a company's event types looks at; its rows are locked against another settling. */
export async function readOffers(trx: Kysely<Database>, companyId: string) {
  await trx.selectFrom('companies').where('id', '=', companyId).select('id').forUpdate().execute();
  const eventTypes = await trx
    .selectFrom('calendar_event_types')
    .where('company_id', '=', companyId)
    .selectAll()
    .execute();
  const members = await trx
    .selectFrom('calendar_members')
    .where('company_id', '=', companyId)
    .selectAll()
    .execute();
  const offers = await trx
    .selectFrom('event_types')
    .where('company_id', '=', companyId)
    .selectAll()
    .execute();
  const services = await trx.selectFrom('services').where('company_id', '=', companyId).selectAll().execute();
  const staff = await trx.selectFrom('staff').where('company_id', '=', companyId).selectAll().execute();
  return { eventTypes, members, offers, services, staff };
}

export type Offers = Awaited<ReturnType<typeof readOffers>>;

/** What an event type offers here, and what a person has to look at. */
export async function noteMapping(
  trx: Kysely<Database>,
  companyId: string,
  eventTypeId: number,
  mapping: { serviceId: string | null; problem: string | null; gone: boolean },
): Promise<void> {
  await trx
    .updateTable('calendar_event_types')
    .set({
      service_id: mapping.serviceId,
      problem: mapping.problem,
      ...(mapping.gone ? { gone_at: sql<Date>`coalesce(gone_at, now())` } : {}),
    })
    .where('company_id', '=', companyId)
    .where('event_type_id', '=', eventTypeId)
    .execute();
}

/** A host of the calendar whom we do not know becomes a proposal: inactive until a person says yes. Returns the id. */
export async function proposeStaff(
  trx: Kysely<Database>,
  companyId: string,
  { email, name }: { email: string; name: string },
): Promise<string> {
  const { id } = await trx
    .insertInto('staff')
    .columns(['company_id', 'name', 'email', 'time_zone', 'active', 'proposed_at'])
    .expression((eb) =>
      eb
        .selectFrom('companies')
        .where('id', '=', companyId)
        .select([
          'id',
          eb.val(name).as('name'),
          eb.val(email).as('email'),
          'time_zone',
          sql<boolean>`false`.as('active'),
          sql<Date>`now()`.as('proposed_at'),
        ]),
    )
    .onConflict((conflict) => conflict.columns(['company_id', 'email']).doUpdateSet({ email }))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Staff and service are offered under this event type from here on. */
export async function offer(
  trx: Kysely<Database>,
  row: { companyId: string; serviceId: string; staffId: string; eventTypeId: number },
): Promise<void> {
  await trx
    .insertInto('event_types')
    .values({
      company_id: row.companyId,
      service_id: row.serviceId,
      staff_id: row.staffId,
      calcom_event_type_id: row.eventTypeId,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['service_id', 'staff_id'])
        .doUpdateSet({ calcom_event_type_id: row.eventTypeId, active: true, gone_at: null }),
    )
    .execute();
}

/** The calendar does not offer it any more. */
export async function withdrawOffer(trx: Kysely<Database>, id: string): Promise<void> {
  await trx
    .updateTable('event_types')
    .set({ active: false, gone_at: new Date() })
    .where('id', '=', id)
    .where('active', '=', true)
    .execute();
}

/** The calendar offers again what it had withdrawn; what was switched off by hand stays off. */
export async function restoreOffer(trx: Kysely<Database>, id: string): Promise<void> {
  await trx
    .updateTable('event_types')
    .set({ active: true, gone_at: null })
    .where('id', '=', id)
    .where('gone_at', 'is not', null)
    .execute();
}
