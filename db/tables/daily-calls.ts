import type { Generated } from 'kysely';
import type { CallProviderName } from '../../shared/daily-calls/providers.ts';
import type { AttemptStatus, CallEnding, RetryDelays } from '../../shared/daily-calls/vocabulary.ts';
import type { CreatedAt, Json, Sealed, Timestamp, UpdatedAt } from './columns.ts';

export interface AgentScriptsTable {
  id: Generated<string>;
  company_id: string;
  slug: string;
  name: string;
  /** What the agent asks. */
  questions: Json<{ key: string; question: string }[]>;
  active: Generated<boolean>;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface ScriptVariantsTable {
  id: Generated<string>;
  script_id: string;
  name: string;
  weight: Generated<number>;
  /** The agent of each provider. */
  agent_refs: Json<Partial<Record<CallProviderName, string>>>;
  created_at: CreatedAt;
}

export interface ScriptAssignmentsTable {
  user_id: string;
  script_id: string;
  variant_id: string;
  created_at: CreatedAt;
}

export interface CallUsersTable {
  id: Generated<string>;
  company_id: string;
  /** null: the person was erased. */
  person_id: string | null;
  external_id: string | null;
  name_sealed: Sealed | null;
  phone_sealed: Sealed | null;
  phone_index: Buffer | null;
  email_sealed: Sealed | null;
  locale: string;
  consent_at: Timestamp | null;
  call_enabled: Generated<boolean>;
  call_time: string;
  local_tz: string;
  weekdays: Generated<number[]>;
  window_from: Generated<string>;
  window_to: Generated<string>;
  quiet_from: string | null;
  quiet_to: string | null;
  gap: Generated<'shift' | 'skip'>;
  overlap: Generated<'first' | 'last'>;
  max_attempts: Generated<number>;
  retry_delays: Json<RetryDelays>;
  provider: Generated<CallProviderName>;
  script_id: string | null;
  notify_channels: Generated<('email' | 'sms')[]>;
  paused: Generated<boolean>;
  next_call_at: Timestamp | null;
  /** `YYYY-MM-DD`, the user's local day. */
  next_call_date: string | null;
  plan_problem: string | null;
  deleted_at: Timestamp | null;
  erased_at: Timestamp | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface DoNotCallTable {
  phone_index: Buffer;
  company_id: string | null;
  reason: string;
  created_at: CreatedAt;
}

export interface SmsOptOutsTable {
  phone_index: Buffer;
  company_id: string;
  /** Their own word to our number, or the provider refuses it because of one. */
  source: 'word' | 'vendor';
  /** What the provider said. */
  code: string | null;
  created_at: CreatedAt;
}

export interface CallPausesTable {
  company_id: string | null;
  reason: string;
  created_at: CreatedAt;
}

export interface DailyCallsTable {
  user_id: string;
  /** `YYYY-MM-DD`, the user's local day. */
  local_date: string;
  company_id: string;
  local_tz: string;
  due_at: Timestamp;
  status: Generated<'open' | 'ended'>;
  outcome: CallEnding | null;
  reason: string | null;
  handed_over_at: Timestamp | null;
  ended_at: Timestamp | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface CallAttemptsTable {
  id: Generated<string>;
  user_id: string;
  local_date: string;
  number: number;
  company_id: string;
  provider: CallProviderName;
  provider_call_id: string | null;
  variant_id: string | null;
  planned_for: Timestamp;
  status: Generated<AttemptStatus>;
  ended_reason: string | null;
  dialled_at: Timestamp | null;
  ended_at: Timestamp | null;
  duration_ms: number | null;
  transcript_sealed: Sealed | null;
  recording_url_sealed: Sealed | null;
  analysis_status: 'done' | 'failed' | 'nothing-said' | null;
  analysis_sealed: Sealed | null;
  sentiment: string | null;
  mood: string | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface CallNoticesTable {
  id: Generated<string>;
  attempt_id: string;
  channel: 'email' | 'sms';
  status: 'pending' | 'sent' | 'failed' | 'unknown' | 'skipped';
  reason: string | null;
  vendor_ref: string | null;
  sent_at: Timestamp | null;
  created_at: CreatedAt;
}
