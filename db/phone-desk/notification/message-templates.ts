import type { Kysely } from 'kysely';
import type { Vault } from '../../../platform/vault.ts';
import type { TemplateDraft } from '../../../shared/messages/appointment/check-template.ts';
import type { TemplateKey } from '../../../shared/messages/appointment/template-entity.ts';
import type { Database } from '../../tables/database.ts';
import { customerColumns, toCustomer } from '../people.ts';

const templates = (db: Kysely<Database>, companyId: string) =>
  db
    .selectFrom('message_templates')
    .where('company_id', '=', companyId)
    .select(['kind', 'channel', 'language', 'subject', 'text', 'html', 'variables'])
    .select(['content_sid as contentSid', 'updated_at as updatedAt']);

/** The texts of a company. */
export const listTemplates = (db: Kysely<Database>, companyId: string) =>
  templates(db, companyId).orderBy('kind').orderBy('channel').orderBy('language').execute();

export const findTemplate = (db: Kysely<Database>, companyId: string, key: TemplateKey) =>
  templates(db, companyId)
    .where('kind', '=', key.kind)
    .where('channel', '=', key.channel)
    .where('language', '=', key.language)
    .executeTakeFirst();

/** Writes a text; the one that was there is replaced. */
export async function saveTemplate(
  trx: Kysely<Database>,
  companyId: string,
  { kind, channel, language }: TemplateKey,
  { contentSid, ...draft }: TemplateDraft,
): Promise<void> {
  const values = { ...draft, content_sid: contentSid, updated_at: new Date() };
  await trx
    .insertInto('message_templates')
    .values({ company_id: companyId, kind, channel, language, ...values })
    .onConflict((conflict) =>
      conflict.columns(['company_id', 'kind', 'channel', 'language']).doUpdateSet(values),
    )
    .execute();
}

/** Takes a text away; ours is used from then on. False: there was none. */
export async function deleteTemplate(
  trx: Kysely<Database>,
  companyId: string,
  { kind, channel, language }: TemplateKey,
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('message_templates')
    .where('company_id', '=', companyId)
    .where('kind', '=', kind)
    .where('channel', '=', channel)
    .where('language', '=', language)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** An appointment of a company as a text would speak of it; undefined: no such one, or its customer is erased. */
export async function readForPreview(
  db: Kysely<Database>,
  vault: Vault,
  companyId: string,
  appointmentId: string,
) {
  const row = await db
    .selectFrom('appointments')
    .innerJoin('services', 'services.id', 'appointments.service_id')
    .innerJoin('staff', 'staff.id', 'appointments.staff_id')
    .innerJoin('customers', 'customers.id', 'appointments.customer_id')
    .innerJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .where('appointments.id', '=', appointmentId)
    .where('appointments.company_id', '=', companyId)
    .select(customerColumns)
    .select(['appointments.starts_at as startsAt', 'services.name as service', 'staff.name as staff'])
    .executeTakeFirst();
  return row && { ...row, customer: toCustomer(vault, row) };
}
