import type { ColumnType, Generated, JSONColumnType } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type CreatedAt = ColumnType<Date, Date | string | undefined, never>;
type UpdatedAt = ColumnType<Date, Date | string | undefined, Date | string>;
type Json<T> = JSONColumnType<T & object>;
/** AES-256-GCM under a person's key (or the deployment's, for company secrets and inbox bodies). */
type Sealed = Buffer;

/** Overrides of the default limits, per company; units in the names. */
export interface CompanyLimits {
  apiCallsPerMinute?: number;
  mailsPerHourPerCustomer?: number;
  smsPerDayPerCustomer?: number;
  concurrentEffects?: number;
}

export interface CompaniesTable {
  id: Generated<string>;
  slug: string;
  name: string;
  time_zone: string;
  locale: Generated<string>;
  country: string;
  currency: string;
  contact_email: string;
  active: Generated<boolean>;
  sms_enabled: Generated<boolean>;
  calcom_key_sealed: Sealed | null;
  limits: ColumnType<CompanyLimits, string | undefined, string>;
  created_at: CreatedAt;
}

export interface PhoneLinesTable {
  number_e164: string;
  company_id: string;
  agent_id: string;
}

export interface StaffTable {
  id: Generated<string>;
  company_id: string;
  name: string;
  email: string;
  time_zone: string;
  active: Generated<boolean>;
}

export interface ServicesTable {
  id: Generated<string>;
  company_id: string;
  slug: string;
  name: string;
  aliases: Generated<string[]>;
  duration_min: number;
  buffer_before_min: Generated<number>;
  buffer_after_min: Generated<number>;
  price_cents: Generated<number>;
  active: Generated<boolean>;
}

export interface EventTypesTable {
  id: Generated<string>;
  company_id: string;
  service_id: string;
  staff_id: string;
  calcom_event_type_id: number;
  active: Generated<boolean>;
}

export interface WorkingHoursTable {
  id: Generated<string>;
  staff_id: string;
  /** ISO: 1 Monday … 7 Sunday. */
  weekday: number;
  start_minute: number;
  end_minute: number;
}

export interface TimeOffTable {
  id: Generated<string>;
  staff_id: string;
  during: string;
}

export interface ApiKeysTable {
  id: Generated<string>;
  company_id: string | null;
  name: string;
  key_hash: Buffer;
  key_hint: string;
  created_at: CreatedAt;
  revoked_at: Timestamp | null;
}

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

export type AppointmentStatus = 'held' | 'booked' | 'released' | 'cancelled' | 'completed';

export interface AppointmentsTable {
  id: string;
  company_id: string;
  customer_id: string;
  staff_id: string;
  service_id: string;
  call_id: string | null;
  source: 'call' | 'api' | 'calcom';
  status: AppointmentStatus;
  starts_at: Timestamp;
  ends_at: Timestamp;
  /** `tstzmultirange` text: the appointment with its buffers; the old and the new time while it moves. */
  blocked: string;
  time_zone: string;
  sequence: Generated<number>;
  calcom_event_type_id: number;
  calcom_booking_uid: string | null;
  status_reason: string | null;
  counted_at: Timestamp | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface BookingRequestsTable {
  /** The appointment that the booking makes; also the id of the request. */
  appointment_id: string;
  company_id: string;
  customer_id: string;
  service_id: string;
  staff_id: string | null;
  starts_at: Timestamp;
  /** `accepted`, then one of the booking's end states (workflows/phone-desk/booking/contract.ts). */
  status: Generated<string>;
  detail: Json<Record<string, unknown>> | null;
  created_at: CreatedAt;
  finished_at: Timestamp | null;
}

export interface AppointmentRequestsTable {
  id: string;
  appointment_id: string;
  kind: 'cancel' | 'reschedule';
  starts_at: Timestamp | null;
  reason: string | null;
  status: Generated<'accepted' | 'done' | 'refused'>;
  refusal: string | null;
  created_at: CreatedAt;
  finished_at: Timestamp | null;
}

export type NotificationKind =
  | 'confirmation'
  | 'reminder-24h'
  | 'reminder-2h'
  | 'cancellation'
  | 'rescheduled';
export type NotificationChannel = 'email' | 'sms';

export interface NotificationsTable {
  id: Generated<string>;
  company_id: string;
  customer_id: string;
  appointment_id: string;
  kind: NotificationKind;
  channel: NotificationChannel;
  /** The appointment's sequence the notification speaks of. */
  sequence: number;
  status: Generated<'pending' | 'sent' | 'skipped' | 'failed' | 'unknown'>;
  reason: string | null;
  vendor_ref: string | null;
  created_at: CreatedAt;
  sent_at: Timestamp | null;
}

export interface BookingStatisticsTable {
  company_id: string;
  local_day: string;
  booked: Generated<number>;
  cancelled: Generated<number>;
  revenue_cents: Generated<string>;
}

export interface InboxEventsTable {
  id: Generated<string>;
  source: string;
  event_key: string;
  event_type: string;
  /** The workflow id the event belongs to; null when no chain listens to this type. */
  entity: string | null;
  company_id: string | null;
  body_sealed: Sealed;
  status: Generated<'pending' | 'done' | 'ignored' | 'failed'>;
  attempts: Generated<number>;
  next_attempt_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_error: string | null;
  duplicates: Generated<number>;
  request_id: string;
  trace_parent: string | null;
  received_at: CreatedAt;
  done_at: Timestamp | null;
}

export interface IdempotencyKeysTable {
  company_id: string;
  key: string;
  request_hash: Buffer;
  response: Json<Record<string, unknown>> | null;
  created_at: CreatedAt;
}

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

export interface ReviewsTable {
  id: string;
  company_id: string | null;
  kind: string;
  workflow_id: string;
  entity: string;
  question: Json<Record<string, unknown>>;
  status: Generated<'open' | 'answered' | 'expired'>;
  answer: Json<Record<string, unknown>> | null;
  answered_by: string | null;
  created_at: CreatedAt;
  answered_at: Timestamp | null;
  due_at: Timestamp | null;
}

export interface FailedRunsTable {
  id: Generated<string>;
  workflow_type: string;
  workflow_id: string;
  run_id: string;
  task_queue: string;
  attempts: number;
  first_error: string;
  last_error: string;
  tags: Generated<string[]>;
  created_at: CreatedAt;
}

export interface AuditLogTable {
  id: Generated<string>;
  at: CreatedAt;
  actor: string;
  action: string;
  entity: string;
  request_id: string | null;
  detail: ColumnType<Record<string, unknown>, string | undefined, never>;
}

/** The typed schema; one key per table. */
export interface Database {
  companies: CompaniesTable;
  phone_lines: PhoneLinesTable;
  staff: StaffTable;
  services: ServicesTable;
  event_types: EventTypesTable;
  working_hours: WorkingHoursTable;
  time_off: TimeOffTable;
  api_keys: ApiKeysTable;
  person_keys: PersonKeysTable;
  customers: CustomersTable;
  calls: CallsTable;
  appointments: AppointmentsTable;
  booking_requests: BookingRequestsTable;
  appointment_requests: AppointmentRequestsTable;
  notifications: NotificationsTable;
  booking_statistics: BookingStatisticsTable;
  inbox_events: InboxEventsTable;
  idempotency_keys: IdempotencyKeysTable;
  effects: EffectsTable;
  limit_grants: LimitGrantsTable;
  leases: LeasesTable;
  circuit_breakers: CircuitBreakersTable;
  reviews: ReviewsTable;
  failed_runs: FailedRunsTable;
  audit_log: AuditLogTable;
}
