import { claimCompaniesToWarm } from '../../../db/phone-desk/availability/precache.ts';
import type { Deps } from '../../../platform/deps.ts';

/** Inventory A: at three in the morning, where the company is. */
const WARM_HOUR = 3;

/** What the `cache-warm` chain does to the outside; contents only. */
export function createCacheWarmActivities({ db, clock }: Deps) {
  return {
    claimCompaniesToWarm: (limit: number) => claimCompaniesToWarm(db, clock(), WARM_HOUR, limit),
  };
}

export type CacheWarmActivities = ReturnType<typeof createCacheWarmActivities>;
