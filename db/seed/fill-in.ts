import type { Kysely } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import { minuteOf } from '../../shared/daily-calls/clock-time.ts';
import { insertCompany } from '../new-company.ts';
import type { CompanyLimits } from '../tables/companies.ts';
import type { Database } from '../tables/database.ts';
import type { Hours, SeedCompany } from './companies.ts';

const periods = (hours: Hours) =>
  hours.flatMap(([weekdays, from, to]) =>
    weekdays.map((weekday) => ({
      weekday,
      startMinute: minuteOf(from),
      endMinute: minuteOf(to),
    })),
  );

/** Writes a company with everything that belongs to it; one that is there already is left alone. */
export async function fillInCompany(
  db: Kysely<Database>,
  vault: Vault,
  company: SeedCompany,
  limits: CompanyLimits = {},
): Promise<void> {
  const { line, timeZone, calcomWebhookSecret = null } = company;
  await db.transaction().execute((trx) =>
    insertCompany(trx, vault, {
      ...company,
      calcomWebhookSecret,
      limits,
      lines: [line],
      staff: company.staff.map(({ name, email, hours }) => ({
        ...{ name, email, timeZone },
        hours: periods(hours),
      })),
      services: company.services.map((service) => ({
        ...service,
        bufferBeforeMin: 0,
        offeredBy: Object.entries(service.offeredBy).map(([staffEmail, eventTypeId]) => ({
          staffEmail,
          eventTypeId,
        })),
      })),
    }),
  );
}
