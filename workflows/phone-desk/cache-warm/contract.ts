import type { PrecacheCounts } from '../../../shared/phone-desk/precache.ts';

export interface CacheWarmResult {
  status: 'warmed';
  companies: PrecacheCounts;
}
