import type { Kysely } from 'kysely';
import type { CompanyLimits } from '../db/tables/companies.ts';
import type { Database } from '../db/tables/database.ts';
import { failure } from '../shared/failures.ts';
import type { Vault } from './vault.ts';

/** A changed key or limit is seen within this time by every process. */
const CACHE_MS = 30_000;

/** What a company may use, when its own settings do not say otherwise (inventory A, "Limits"). */
export const defaultLimits = {
  apiCallsPerMinute: 60,
  mailsPerHourPerCustomer: 100,
  smsPerDayPerCustomer: 50,
  callsAtOnce: 10,
} as const satisfies Required<CompanyLimits>;

export interface CompanySettings {
  limits: Required<CompanyLimits>;
  calcomKey: string | null;
}

/** Reads the settings and opened vendor keys of companies, cached for a short time. */
export function createCompanySettings(db: Kysely<Database>, vault: Vault) {
  const cache = new Map<string, { settings: CompanySettings; until: number }>();
  async function read(companyId: string): Promise<CompanySettings> {
    const cached = cache.get(companyId);
    if (cached && cached.until > Date.now()) return cached.settings;
    const row = await db
      .selectFrom('companies')
      .where('id', '=', companyId)
      .select(['calcom_key_sealed', 'limits'])
      .executeTakeFirst();
    if (!row) throw failure('NotFound', `company ${companyId} does not exist`);
    const settings = {
      limits: { ...defaultLimits, ...row.limits },
      calcomKey: row.calcom_key_sealed
        ? vault.open('company.calcom-key', row.calcom_key_sealed).toString()
        : null,
    };
    cache.set(companyId, { settings, until: Date.now() + CACHE_MS });
    return settings;
  }
  return {
    read,
    /** The company's Cal.com key. Throws `VendorUnauthorized` when there is none. */
    async calcomKey(companyId: string): Promise<string> {
      const { calcomKey } = await read(companyId);
      if (calcomKey) return calcomKey;
      throw failure('VendorUnauthorized', `company ${companyId} has no Cal.com key`);
    },
  };
}
