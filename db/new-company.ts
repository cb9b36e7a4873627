import type { Kysely } from 'kysely';
import type { Vault } from '../platform/vault.ts';
import type { CompanyLimits } from './tables/companies.ts';
import type { Database } from './tables/database.ts';

/** A company with everything that it needs to take calls and bookings. */
export interface NewCompany {
  slug: string;
  name: string;
  timeZone: string;
  locale: string;
  country: string;
  currency: string;
  contactEmail: string;
  smsEnabled: boolean;
  calcomKey: string;
  /** With which the calendar signs its webhooks. */
  calcomWebhookSecret: string | null;
  /** Over the defaults. */
  limits: { [K in keyof CompanyLimits]: CompanyLimits[K] | undefined };
  lines: { numberE164: string; agentId: string }[];
  staff: NewStaff[];
  services: NewService[];
}

export interface NewStaff {
  name: string;
  email: string;
  timeZone: string;
  hours: { weekday: number; startMinute: number; endMinute: number }[];
}

export interface NewService {
  slug: string;
  name: string;
  aliases: string[];
  durationMin: number;
  bufferBeforeMin: number;
  bufferAfterMin: number;
  priceCents: number;
  /** Who does it, with the Cal.com event type of each. */
  offeredBy: { staffEmail: string; eventTypeId: number }[];
}

/** Writes a company and returns its id; undefined when the slug is taken. For a transaction. */
export async function insertCompany(
  trx: Kysely<Database>,
  vault: Vault,
  company: NewCompany,
): Promise<string | undefined> {
  const { calcomWebhookSecret } = company;
  const created = await trx
    .insertInto('companies')
    .values({
      slug: company.slug,
      name: company.name,
      time_zone: company.timeZone,
      locale: company.locale,
      country: company.country,
      currency: company.currency,
      contact_email: company.contactEmail,
      sms_enabled: company.smsEnabled,
      calcom_key_sealed: vault.seal('company.calcom-key', company.calcomKey),
      calcom_webhook_secret_sealed:
        calcomWebhookSecret === null
          ? null
          : vault.seal('company.calcom-webhook-secret', calcomWebhookSecret),
      limits: JSON.stringify(company.limits),
    })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!created) return undefined;
  const companyId = created.id;
  if (company.lines.length > 0) {
    await trx
      .insertInto('phone_lines')
      .values(
        company.lines.map(({ numberE164, agentId }) => ({
          number_e164: numberE164,
          company_id: companyId,
          agent_id: agentId,
        })),
      )
      .execute();
  }
  const staffIds = new Map<string, string>();
  for (const person of company.staff) staffIds.set(person.email, await insertStaff(trx, companyId, person));
  for (const service of company.services) await insertService(trx, companyId, service, staffIds);
  return companyId;
}

async function insertStaff(
  trx: Kysely<Database>,
  companyId: string,
  { name, email, timeZone, hours }: NewStaff,
): Promise<string> {
  const { id } = await trx
    .insertInto('staff')
    .values({ company_id: companyId, name, email, time_zone: timeZone })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (hours.length > 0) {
    const rows = hours.map(({ weekday, startMinute, endMinute }) => ({
      staff_id: id,
      weekday,
      start_minute: startMinute,
      end_minute: endMinute,
    }));
    await trx.insertInto('working_hours').values(rows).execute();
  }
  return id;
}

async function insertService(
  trx: Kysely<Database>,
  companyId: string,
  service: NewService,
  staffIds: Map<string, string>,
): Promise<void> {
  const { id } = await trx
    .insertInto('services')
    .values({
      company_id: companyId,
      slug: service.slug,
      name: service.name,
      aliases: service.aliases,
      duration_min: service.durationMin,
      buffer_before_min: service.bufferBeforeMin,
      buffer_after_min: service.bufferAfterMin,
      price_cents: service.priceCents,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const eventTypes = service.offeredBy.map(({ staffEmail, eventTypeId }) => ({
    company_id: companyId,
    service_id: id,
    staff_id: staffIds.get(staffEmail)!,
    calcom_event_type_id: eventTypeId,
  }));
  if (eventTypes.length > 0) await trx.insertInto('event_types').values(eventTypes).execute();
}
