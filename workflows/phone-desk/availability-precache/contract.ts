import type { PrecacheCounts } from '../../../shared/phone-desk/precache.ts';

export interface PrecacheProgress {
  /** Companies come in the order of their ids. */
  after: string | null;
  companies: PrecacheCounts;
}

export interface PrecacheResult {
  status: 'looked-ahead';
  companies: PrecacheCounts;
}
