import type { Generated } from 'kysely';
import type { CreatedAt, Json, Sealed, Timestamp, UpdatedAt } from './columns.ts';

export interface PersonKeysTable {
  id: Generated<string>;
  wrapped_key: Buffer;
  created_at: CreatedAt;
}

export interface CustomersTable {
  id: Generated<string>;
  company_id: string;
  person_id: string;
  phone_index: Buffer | null;
  phone_sealed: Sealed | null;
  name_sealed: Sealed | null;
  email_sealed: Sealed | null;
  phone_is_mobile: Generated<boolean>;
  sms_opted_out: Generated<boolean>;
  time_zone: string;
  locale: string;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export type CallStatus = 'ongoing' | 'ended' | 'analyzed';

export interface CallsTable {
  id: Generated<string>;
  company_id: string;
  person_id: string;
  customer_id: string | null;
  vendor: string;
  vendor_call_id: string;
  agent_id: string;
  direction: string;
  status: CallStatus;
  disconnection_reason: string | null;
  started_at: Timestamp | null;
  ended_at: Timestamp | null;
  duration_ms: number | null;
  from_number_sealed: Sealed | null;
  transcript_sealed: Sealed | null;
  analysis_sealed: Sealed | null;
  recording_url_sealed: Sealed | null;
  wish_sealed: Sealed | null;
  outcome: string | null;
  outcome_detail: Json<Record<string, unknown>> | null;
  settled_at: Timestamp | null;
  /** The run that settled the call: it may say so again, no other may. */
  settled_by: string | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}
