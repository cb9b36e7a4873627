import { continueAsNew } from '@temporalio/workflow';
import type { AvailabilityPrecacheActivities } from '../../../activities/phone-desk/availability-precache/index.ts';
import { addCounts } from '../../../shared/phone-desk/precache.ts';
import { lookAhead } from '../../lib/look-ahead.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep } from '../../policies.ts';
import type { PrecacheProgress, PrecacheResult } from './contract.ts';

const steps = proxySteps<AvailabilityPrecacheActivities>(databaseStep);

const COMPANIES_PER_RUN = 500;
/** Whatever still holds when the next run comes need not be asked for now; half an hour for its being late. */
const HOLD_MS = 4.5 * 3_600_000;

/** Every four hours: looks ahead in the calendars of all companies, so that a question about free times is answered at once. */
export async function availabilityPrecache(before?: PrecacheProgress): Promise<PrecacheResult> {
  const ids = await steps.listCalendarCompanies(before?.after ?? null, COMPANIES_PER_RUN);
  const seen = await lookAhead(ids, HOLD_MS);
  const companies = before ? addCounts(before.companies, seen) : seen;
  if (ids.length < COMPANIES_PER_RUN) return { status: 'looked-ahead', companies };
  return continueAsNew<typeof availabilityPrecache>({ after: ids.at(-1)!, companies });
}
