import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { AvailabilityPrecacheActivities } from '../../activities/phone-desk/availability-precache/index.ts';
import type { PrecacheCounts, PrecacheOutcome } from '../../shared/phone-desk/precache.ts';
import { calendarLookAhead } from '../policies.ts';
import { fewAtOnce } from './few-at-once.ts';

const calendars = proxyActivities<AvailabilityPrecacheActivities>(calendarLookAhead);

/** Each asks its calendar slowly; together they must leave room on the workers for those who book. */
const COMPANIES_AT_ONCE = 5;

/**
 * Asks the calendars of companies for their free times, as far as what is known does not hold for another `holdMs`.
 * A calendar that cannot be asked stops no other. Returns the companies by what became of them.
 */
export async function lookAhead(companyIds: string[], holdMs: number): Promise<PrecacheCounts> {
  const counts = { asked: 0, known: 0, 'key-refused': 0, failed: 0 };
  const outcomes = await fewAtOnce(companyIds, COMPANIES_AT_ONCE, (id) => lookInto(id, holdMs));
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}

async function lookInto(companyId: string, holdMs: number): Promise<PrecacheOutcome> {
  try {
    return await calendars.precacheCompany(companyId, holdMs);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return 'failed';
  }
}
