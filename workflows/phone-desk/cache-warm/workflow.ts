import type { CacheWarmActivities } from '../../../activities/phone-desk/cache-warm/index.ts';
import { addCounts } from '../../../shared/phone-desk/precache.ts';
import { lookAhead } from '../../lib/look-ahead.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep } from '../../policies.ts';
import type { CacheWarmResult } from './contract.ts';

const steps = proxySteps<CacheWarmActivities>(databaseStep);

const COMPANIES_AT_A_TIME = 200;
/** Longer than any answer holds: everything is asked for anew, before the day's first caller. */
const HOLD_MS = 24 * 3_600_000;

/** Three in the morning has come for some companies: what is known of their calendars is renewed. */
export async function cacheWarm(): Promise<CacheWarmResult> {
  let companies = await lookAhead([], HOLD_MS);
  for (;;) {
    const ids = await steps.claimCompaniesToWarm(COMPANIES_AT_A_TIME);
    companies = addCounts(companies, await lookAhead(ids, HOLD_MS));
    if (ids.length < COMPANIES_AT_A_TIME) return { status: 'warmed', companies };
  }
}
