import type { Kysely } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { CompanyLimits } from '../tables/companies.ts';
import type { Database } from '../tables/database.ts';
import type { SeedCompany } from './companies.ts';

const minuteOf = (clock: string) => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};

/** Writes a company with everything that belongs to it; one that is there already is left alone. */
export async function fillInCompany(
  db: Kysely<Database>,
  vault: Vault,
  company: SeedCompany,
  limits: CompanyLimits = {},
): Promise<void> {
  await db.transaction().execute(async (trx) => {
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
        calcom_webhook_secret_sealed: company.calcomWebhookSecret
          ? vault.seal('company.calcom-webhook-secret', company.calcomWebhookSecret)
          : null,
        limits: JSON.stringify(limits),
      })
      .onConflict((conflict) => conflict.column('slug').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!created) return;
    const companyId = created.id;
    await trx
      .insertInto('phone_lines')
      .values({
        number_e164: company.line.numberE164,
        company_id: companyId,
        agent_id: company.line.agentId,
      })
      .execute();

    const staffIds = new Map<string, string>();
    for (const person of company.staff) {
      const { id } = await trx
        .insertInto('staff')
        .values({
          company_id: companyId,
          name: person.name,
          email: person.email,
          time_zone: company.timeZone,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      staffIds.set(person.email, id);
      const hours = person.hours.flatMap(([weekdays, from, to]) =>
        weekdays.map((weekday) => ({
          staff_id: id,
          weekday,
          start_minute: minuteOf(from),
          end_minute: minuteOf(to),
        })),
      );
      await trx.insertInto('working_hours').values(hours).execute();
    }

    for (const service of company.services) {
      const { id } = await trx
        .insertInto('services')
        .values({
          company_id: companyId,
          slug: service.slug,
          name: service.name,
          aliases: service.aliases,
          duration_min: service.durationMin,
          buffer_after_min: service.bufferAfterMin,
          price_cents: service.priceCents,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const eventTypes = Object.entries(service.offeredBy).map(([email, eventTypeId]) => ({
        company_id: companyId,
        service_id: id,
        staff_id: staffIds.get(email)!,
        calcom_event_type_id: eventTypeId,
      }));
      await trx.insertInto('event_types').values(eventTypes).execute();
    }
  });
}
