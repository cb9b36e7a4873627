import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../../platform/vault.ts';
import type { CompanyTemplate } from '../../../shared/messages/appointment/content.ts';
import type { Database } from '../../tables/database.ts';
import { customerColumns, toCustomer } from '../people.ts';
import { type FactRow, factColumns, factLists } from './channel-facts.ts';

const companyTemplates = sql<CompanyTemplate[]>`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('language', t.language, 'subject', t.subject, 'text', t.text,
    'html', t.html, 'contentSid', t.content_sid, 'variables', t.variables)), '[]')
  FROM message_templates t WHERE t.company_id = companies.id AND t.kind = notifications.kind
    AND t.channel = notifications.channel)`.as('templates');

/** A notification with all that its text and its way depend on, and its customer (null: erased). */
export async function readNotification(db: Kysely<Database>, vault: Vault, id: string) {
  const row = await db
    .selectFrom('notifications')
    .innerJoin('appointments', 'appointments.id', 'notifications.appointment_id')
    .innerJoin('companies', 'companies.id', 'appointments.company_id')
    .innerJoin('services', 'services.id', 'appointments.service_id')
    .innerJoin('staff', 'staff.id', 'appointments.staff_id')
    .innerJoin('customers', 'customers.id', 'notifications.customer_id')
    .leftJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .where('notifications.id', '=', id)
    .select(customerColumns)
    .select(factColumns)
    .select(factLists)
    .select([
      'notifications.id',
      'notifications.kind',
      'notifications.channel',
      'notifications.status',
      'notifications.delivery',
      'notifications.company_id',
      'notifications.appointment_id',
      'notifications.sequence',
      'notifications.created_at',
      'appointments.sequence as appointment_sequence',
      'appointments.starts_at',
      'appointments.ends_at',
      'companies.name as company_name',
      'companies.contact_email as company_email',
      'services.name as service_name',
      'staff.name as staff_name',
      companyTemplates,
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { wrapped_key } = row;
  const facts: FactRow = row;
  return { ...row, facts, customer: wrapped_key ? toCustomer(vault, { ...row, wrapped_key }) : null };
}

export type NotificationRow = NonNullable<Awaited<ReturnType<typeof readNotification>>>;
