import type { Kysely } from 'kysely';
import type { WorkingHours } from '../../shared/phone-desk/opening-hours.ts';
import type { Database } from '../tables/database.ts';

/** The working hours of everybody of a company who works by this clock, but of one person. */
export function hoursOfOthers(
  db: Kysely<Database>,
  { companyId, staffId, timeZone }: { companyId: string; staffId: string; timeZone: string },
): Promise<WorkingHours[]> {
  return db
    .selectFrom('working_hours')
    .innerJoin('staff', 'staff.id', 'working_hours.staff_id')
    .where('staff.company_id', '=', companyId)
    .where('staff.active', '=', true)
    .where('staff.time_zone', '=', timeZone)
    .where('staff.id', '!=', staffId)
    .select(['weekday', 'start_minute as startMinute', 'end_minute as endMinute'])
    .execute();
}

/** Somebody works at these hours, and at no others. */
export async function setWorkingHours(
  trx: Kysely<Database>,
  staffId: string,
  hours: WorkingHours[],
): Promise<void> {
  await trx.deleteFrom('working_hours').where('staff_id', '=', staffId).execute();
  await trx
    .insertInto('working_hours')
    .values(
      hours.map(({ weekday, startMinute, endMinute }) => ({
        staff_id: staffId,
        weekday,
        start_minute: startMinute,
        end_minute: endMinute,
      })),
    )
    .execute();
}
