import type { Db } from '../../db/connect.ts';
import { readCalendarSecrets } from '../../db/phone-desk/calendar-change/calendar-secrets.ts';
import type { Vault } from '../../platform/vault.ts';

/** What is remembered of a company is used for so long … */
const CACHE_MS = 30_000;
/** … unless a signature does not fit: then it is read again, at most once in this time. */
const READ_AGAIN_MS = 1_000;

interface CompanySecrets {
  companyId: string;
  secrets: string[];
}

/** With which secrets a company's calendar signs. */
export interface CalendarSecrets {
  /** By slug; null: no such company. `anew`: what is remembered did not fit. */
  find(slug: string, anew?: boolean): Promise<CompanySecrets | null>;
}

/** Reads the secrets of companies, from memory for 30 s. */
export function createCalendarSecrets(
  db: Db,
  vault: Pick<Vault, 'open'>,
  now: () => number = Date.now,
): CalendarSecrets {
  const known = new Map<string, { company: CompanySecrets; readAtMs: number }>();
  return {
    async find(slug, anew = false) {
      const cached = known.get(slug);
      if (cached && cached.readAtMs + (anew ? READ_AGAIN_MS : CACHE_MS) > now()) return cached.company;
      let row: Awaited<ReturnType<typeof readCalendarSecrets>>;
      try {
        row = await readCalendarSecrets(db, slug);
      } catch (error) {
        // While the database is away what was known stays in use; that nothing can be stored the inbox says.
        if (cached) return cached.company;
        throw error;
      }
      // Who is not there is not remembered: names that anybody makes up must not fill the memory.
      if (!row) {
        known.delete(slug);
        return null;
      }
      const secrets = row.sealed.map((sealed) =>
        vault.open('company.calcom-webhook-secret', sealed).toString(),
      );
      const company = { companyId: row.companyId, secrets };
      known.set(slug, { company, readAtMs: now() });
      return company;
    },
  };
}
