import type { Generated } from 'kysely';
import type { CreatedAt, Json, Timestamp, UpdatedAt } from './columns.ts';

export type EffectStatus = 'intent' | 'retry' | 'done' | 'refused' | 'unknown';

export interface EffectsTable {
  key: string;
  vendor: string;
  operation: string;
  company_id: string | null;
  entity: string;
  status: EffectStatus;
  /** The attempt that may perform the effect until `lease_until`. */
  holder: string;
  lease_until: Timestamp;
  /** An earlier attempt may have performed it: ask the vendor first. */
  must_look_up: Generated<boolean>;
  attempts: Generated<number>;
  result: Json<Record<string, unknown>> | null;
  failure: Json<Record<string, unknown>> | null;
  trace_id: string | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface LimitGrantsTable {
  limit_key: string;
  holder: string;
  granted_at: Timestamp;
  used_at: Timestamp | null;
}

export interface LeasesTable {
  scope: string;
  holder: string;
  expires_at: Timestamp;
}

export interface CircuitBreakersTable {
  key: string;
  failures: Date[];
  opened: Generated<number>;
  open_until: Timestamp | null;
}
