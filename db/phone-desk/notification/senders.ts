import { type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';

export interface SendingCompany {
  id: string;
  name: string;
  contactEmail: string;
  locale: string;
}

/** The companies that write from this number: their own, or (SMS) the installation's for those without one. */
export async function companiesBySender(
  db: Kysely<Database>,
  channel: 'sms' | 'whatsapp',
  numberE164: string,
  installationNumber: string,
): Promise<SendingCompany[]> {
  return db
    .selectFrom('companies')
    .where(
      channel === 'whatsapp'
        ? sql<boolean>`whatsapp_sender = ${numberE164}`
        : sql<boolean>`coalesce(sms_sender, ${installationNumber}) = ${numberE164}`,
    )
    .select(['id', 'name', 'contact_email as contactEmail', 'locale'])
    .orderBy('name')
    .execute();
}

/** The customers of these companies with a number, by its index in each company. */
export async function customersByPhone(
  db: Kysely<Database>,
  indexes: { companyId: string; phoneIndex: Buffer }[],
): Promise<{ id: string; companyId: string; locale: string }[]> {
  if (indexes.length === 0) return [];
  return db
    .selectFrom('customers')
    .where((eb) =>
      eb.or(
        indexes.map(({ companyId, phoneIndex }) =>
          eb.and({ company_id: companyId, phone_index: phoneIndex }),
        ),
      ),
    )
    .select(['id', 'company_id as companyId', 'locale'])
    .execute();
}
