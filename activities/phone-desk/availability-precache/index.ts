import { listCalendarCompanies } from '../../../db/phone-desk/availability/precache.ts';
import type { Deps } from '../../../platform/deps.ts';
import { precacheCompany } from './precache-company.ts';

/** What the `availability-precache` chain does to the outside; contents only. */
export function createAvailabilityPrecacheActivities(deps: Deps) {
  return {
    listCalendarCompanies: (after: string | null, limit: number) =>
      listCalendarCompanies(deps.db, after, limit),
    precacheCompany: precacheCompany.bind(null, deps),
  };
}

export type AvailabilityPrecacheActivities = ReturnType<typeof createAvailabilityPrecacheActivities>;
