import type { Kysely } from 'kysely';
import { type CreatedRange, listPage, type Page, type PageRequest } from './page.ts';
import type { Database } from './tables/database.ts';

function companyRows(db: Kysely<Database>, companyId: string | null) {
  return db
    .selectFrom('companies')
    .select([
      'companies.id',
      'companies.slug',
      'companies.name',
      'companies.time_zone as timeZone',
      'companies.locale',
      'companies.country',
      'companies.currency',
      'companies.contact_email as contactEmail',
      'companies.sms_enabled as smsEnabled',
      'companies.active',
      'companies.limits',
      'companies.calcom_key_sealed as calcomKey',
      'companies.calcom_webhook_secret_sealed as calcomWebhookSecret',
      'companies.calcom_webhook_id as calcomWebhookId',
      'companies.created_at as createdAt',
    ])
    .$if(companyId !== null, (query) => query.where('companies.id', '=', companyId as string));
}

/** A company with its keys still sealed. */
export type CompanyRow = Awaited<ReturnType<ReturnType<typeof companyRows>['executeTakeFirstOrThrow']>>;

/** Companies, newest first; `companyId` null: all of them. */
export function listCompanies(
  db: Kysely<Database>,
  filter: CreatedRange & { companyId: string | null; active?: boolean | undefined },
  page: PageRequest,
): Promise<Page<CompanyRow>> {
  const { active } = filter;
  const matching = companyRows(db, filter.companyId).$if(active !== undefined, (query) =>
    query.where('companies.active', '=', active as boolean),
  );
  return listPage(matching, 'companies', filter, page);
}

/** One company by slug; undefined outside `companyId` (null: any). */
export function findCompanyRow(
  db: Kysely<Database>,
  companyId: string | null,
  slug: string,
): Promise<CompanyRow | undefined> {
  return companyRows(db, companyId).where('companies.slug', '=', slug).executeTakeFirst();
}

export interface CompanyParts {
  lines: { number: string; agentId: string }[];
  staff: {
    name: string;
    email: string;
    timeZone: string;
    active: boolean;
    hours: { weekday: number; startMinute: number; endMinute: number }[];
  }[];
  services: {
    slug: string;
    name: string;
    aliases: string[];
    durationMin: number;
    bufferBeforeMin: number;
    bufferAfterMin: number;
    priceCents: number;
    active: boolean;
    offeredBy: { staff: string; eventTypeId: number; active: boolean }[];
  }[];
}

/** What belongs to a company: lines, staff with hours, services with who offers them. */
export async function readCompanyParts(db: Kysely<Database>, companyId: string): Promise<CompanyParts> {
  const [lines, staff, hours, services, offers] = await Promise.all([
    db
      .selectFrom('phone_lines')
      .where('company_id', '=', companyId)
      .select(['number_e164 as number', 'agent_id as agentId'])
      .orderBy('number_e164')
      .execute(),
    db
      .selectFrom('staff')
      .where('company_id', '=', companyId)
      .select(['id', 'name', 'email', 'time_zone as timeZone', 'active'])
      .orderBy('email')
      .execute(),
    db
      .selectFrom('working_hours')
      .innerJoin('staff', 'staff.id', 'working_hours.staff_id')
      .where('staff.company_id', '=', companyId)
      .select(['staff_id', 'weekday', 'start_minute as startMinute', 'end_minute as endMinute'])
      .orderBy('start_minute')
      .orderBy('end_minute')
      .orderBy('weekday')
      .execute(),
    db
      .selectFrom('services')
      .where('company_id', '=', companyId)
      .select([
        'id',
        'slug',
        'name',
        'aliases',
        'duration_min as durationMin',
        'buffer_before_min as bufferBeforeMin',
        'buffer_after_min as bufferAfterMin',
        'price_cents as priceCents',
        'active',
      ])
      .orderBy('slug')
      .execute(),
    db
      .selectFrom('event_types')
      .innerJoin('staff', 'staff.id', 'event_types.staff_id')
      .where('event_types.company_id', '=', companyId)
      .select([
        'service_id',
        'staff.email as staff',
        'calcom_event_type_id as eventTypeId',
        'event_types.active',
      ])
      .orderBy('staff.email')
      .execute(),
  ]);
  return {
    lines,
    staff: staff.map(({ id, ...person }) => ({
      ...person,
      hours: hours.filter(({ staff_id }) => staff_id === id).map(({ staff_id: _, ...period }) => period),
    })),
    services: services.map(({ id, ...service }) => ({
      ...service,
      offeredBy: offers
        .filter(({ service_id }) => service_id === id)
        .map(({ service_id: _, ...offer }) => offer),
    })),
  };
}

/** Those of these phone numbers and agents that some company has. */
export async function findTakenLines(
  db: Kysely<Database>,
  numbers: string[],
  agentIds: string[],
): Promise<{ number: string; agentId: string }[]> {
  if (numbers.length + agentIds.length === 0) return [];
  return db
    .selectFrom('phone_lines')
    .where((eb) =>
      eb.or([
        eb('number_e164', '=', (any) => any.fn.any(any.val(numbers))),
        eb('agent_id', '=', (any) => any.fn.any(any.val(agentIds))),
      ]),
    )
    .select(['number_e164 as number', 'agent_id as agentId'])
    .execute();
}
