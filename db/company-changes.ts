import { type Kysely, sql } from 'kysely';
import type { Vault } from '../platform/vault.ts';
import { listOffers } from './phone-desk/availability/precache.ts';
import { setCalendarSecret } from './phone-desk/calendar-change/calendar-secrets.ts';
import type { CompanyLimits } from './tables/companies.ts';
import type { Database } from './tables/database.ts';

/** What is given is changed; a limit that is null goes back to the default. */
export interface CompanyChange {
  name?: string | undefined;
  timeZone?: string | undefined;
  locale?: string | undefined;
  country?: string | undefined;
  currency?: string | undefined;
  contactEmail?: string | undefined;
  smsEnabled?: boolean | undefined;
  active?: boolean | undefined;
  limits?: { [K in keyof CompanyLimits]: number | null | undefined } | undefined;
  calcomKey?: string | undefined;
  calcomWebhookSecret?: string | undefined;
}

/** Changes a company; the webhook secret before is still taken for a day. */
export async function updateCompany(
  trx: Kysely<Database>,
  vault: Vault,
  companyId: string,
  change: CompanyChange,
): Promise<void> {
  const { calcomKey, calcomWebhookSecret, limits } = change;
  if (calcomWebhookSecret !== undefined) {
    await setCalendarSecret(trx, companyId, vault.seal('company.calcom-webhook-secret', calcomWebhookSecret));
  }
  const columns = {
    name: change.name,
    time_zone: change.timeZone,
    locale: change.locale,
    country: change.country,
    currency: change.currency,
    contact_email: change.contactEmail,
    sms_enabled: change.smsEnabled,
    active: change.active,
    calcom_key_sealed: calcomKey === undefined ? undefined : vault.seal('company.calcom-key', calcomKey),
  };
  const given = {
    ...Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)),
    ...(limits === undefined
      ? {}
      : { limits: sql<string>`jsonb_strip_nulls(limits || ${JSON.stringify(limits)}::jsonb)` }),
  };
  if (Object.keys(given).length === 0) return;
  await trx.updateTable('companies').where('id', '=', companyId).set(given).execute();
}

/** Event types that a company books now. */
export async function eventTypesInUse(db: Kysely<Database>, companyId: string): Promise<number[]> {
  const offers = await listOffers(db, companyId);
  return [...new Set(offers.map(({ eventTypeId }) => eventTypeId))].sort((one, other) => one - other);
}
