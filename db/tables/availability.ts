import type { Generated } from 'kysely';
import type { Timestamp } from './columns.ts';

export interface AvailabilityGenerationsTable {
  staff_id: string;
  generation: string;
}

export interface AvailabilityCacheTable {
  staff_id: string;
  event_type_id: number;
  /** `YYYY-MM-DD`, the staff member's local day. */
  local_day: string;
  starts: Date[];
  generation: string;
  computed_at: Timestamp;
  expires_at: Timestamp;
}

export interface AvailabilityUseTable {
  company_id: string;
  day: string;
  hits: Generated<number>;
  misses: Generated<number>;
}

export interface CacheWarmingsTable {
  company_id: string;
  /** `YYYY-MM-DD`, the company's local day. */
  local_day: string;
}
