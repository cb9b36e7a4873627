import type { ColumnType, Generated } from 'kysely';
import type { Channel } from '../../shared/messages/channels.ts';
import type { CreatedAt, Json, Sealed, Timestamp, UpdatedAt } from './columns.ts';

export interface PersonKeysTable {
  id: Generated<string>;
  wrapped_key: Buffer;
  created_at: CreatedAt;
}

export interface CustomersTable {
  id: Generated<string>;
  company_id: string;
  /** null: the person was erased. */
  person_id: string | null;
  phone_index: Buffer | null;
  /** Blind index of the address in lower case; families share one. */
  email_index: ColumnType<Buffer | null, Buffer | null | undefined, Buffer | null>;
  phone_sealed: Sealed | null;
  name_sealed: Sealed | null;
  email_sealed: Sealed | null;
  phone_is_mobile: Generated<boolean>;
  /** The customer's own order of channels; null: as the company has it. */
  notify_channels: ColumnType<Channel[] | null, Channel[] | null | undefined, Channel[] | null>;
  /** `HH:MM-HH:MM`, `none`; null: as the company has it. */
  quiet_hours: ColumnType<string | null, string | null | undefined, string | null>;
  time_zone: string;
  locale: string;
  erased_at: Timestamp | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export type CallRefreshStatus = 'refreshed' | 'not-known' | 'unavailable' | 'past-retention' | 'erased';

/** `gone`: the provider had deleted it; `deleted`: by us, after its time. */
export type RecordingStatus = 'kept' | 'none' | 'gone' | 'too-large' | 'unavailable' | 'deleted';

export type CallStatus = 'ongoing' | 'ended' | 'analyzed';

export interface CallsTable {
  id: Generated<string>;
  company_id: string;
  /** null: the person was erased. */
  person_id: string | null;
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
  /** Since when nothing more is kept of it. */
  erased_at: Timestamp | null;
  /** When the call is to be read at the provider once more. */
  refresh_due_at: Timestamp | null;
  refreshed_at: Timestamp | null;
  refresh_status: CallRefreshStatus | null;
  recording_status: RecordingStatus | null;
  recording_key: string | null;
  recording_type: string | null;
  /** As stored, sealed. */
  recording_bytes: number | null;
  recording_kept_at: Timestamp | null;
  transcript_deleted_at: Timestamp | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}
