import type { Db } from '../../db/connect.ts';
import type { Vault } from '../../platform/vault.ts';

/** A changed secret is known to every process within this time. */
const CACHE_MS = 30_000;

interface CompanySecrets {
  companyId: string;
  secrets: string[];
}

/** With which secret a company's calendar signs. */
export interface CalendarSecrets {
  /** By slug; null: no such company. */
  find(slug: string): Promise<CompanySecrets | null>;
}

/** Reads the secrets of companies, from memory for 30 s. */
export function createCalendarSecrets(
  db: Db,
  vault: Pick<Vault, 'open'>,
  now: () => number = Date.now,
): CalendarSecrets {
  const known = new Map<string, { company: CompanySecrets; untilMs: number }>();
  const read = (slug: string) =>
    db
      .selectFrom('companies')
      .where('slug', '=', slug)
      .select(['id', 'calcom_webhook_secret_sealed'])
      .executeTakeFirst();
  return {
    async find(slug) {
      const cached = known.get(slug);
      if (cached && cached.untilMs > now()) return cached.company;
      let row: Awaited<ReturnType<typeof read>>;
      try {
        row = await read(slug);
      } catch (error) {
        // While the database is away what was known stays in use; that nothing can be stored the inbox says.
        if (cached) return cached.company;
        throw error;
      }
      // Who is not there is not remembered: names that anybody makes up must not fill the memory.
      if (!row) return null;
      const sealed = row.calcom_webhook_secret_sealed;
      const secrets = sealed ? [vault.open('company.calcom-webhook-secret', sealed).toString()] : [];
      const company = { companyId: row.id, secrets };
      known.set(slug, { company, untilMs: now() + CACHE_MS });
      return company;
    },
  };
}
