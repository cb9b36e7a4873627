import type {
  AppointmentRequestsTable,
  AppointmentsTable,
  BookingRequestsTable,
  BookingStatisticsTable,
  NotificationsTable,
} from './appointments.ts';
import type {
  AvailabilityCacheTable,
  AvailabilityGenerationsTable,
  AvailabilityUseTable,
  CacheWarmingsTable,
} from './availability.ts';
import type { BillingRunsTable, CompanyBillsTable, MonthlyReportsTable } from './billing.ts';
import type {
  CalendarDriftsTable,
  CalendarEventTypesTable,
  CalendarMembersTable,
  CalendarSyncRunsTable,
  CalendarWatermarksTable,
} from './calendar-sync.ts';
import type {
  ApiKeysTable,
  CompaniesTable,
  EventTypesTable,
  PhoneLinesTable,
  ServicesTable,
  StaffTable,
  TimeOffTable,
  WorkingHoursTable,
} from './companies.ts';
import type {
  AgentScriptsTable,
  CallAttemptsTable,
  CallNoticesTable,
  CallPausesTable,
  CallUsersTable,
  DailyCallsTable,
  DoNotCallTable,
  ScriptAssignmentsTable,
  ScriptVariantsTable,
  SmsOptOutsTable,
} from './daily-calls.ts';
import type { CircuitBreakersTable, EffectsTable, LeasesTable, LimitGrantsTable } from './effects.ts';
import type { AlertNoticesTable, AlertTellingsTable, HealthChecksTable } from './health.ts';
import type { IdempotencyKeysTable, InboxEventsTable } from './inbox.ts';
import type { ChannelBlocksTable, MessageTemplatesTable, PushSubscriptionsTable } from './messages.ts';
import type { AlertsTable, AuditLogTable, FailedRunsTable, ReviewsTable } from './operations.ts';
import type { CallsTable, CustomersTable, PersonKeysTable } from './people.ts';
import type { ErasedEntitiesTable, ErasuresTable, GdprExportsTable, LegalHoldsTable } from './privacy.ts';
import type {
  HostWritesTable,
  StaffAssignmentItemsTable,
  StaffAssignmentsTable,
} from './staff-assignments.ts';
import type {
  CompanySubscriptionsTable,
  InvoicesTable,
  SubscriptionNoticesTable,
  SubscriptionRequestsTable,
} from './subscriptions.ts';

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
  channel_blocks: ChannelBlocksTable;
  message_templates: MessageTemplatesTable;
  push_subscriptions: PushSubscriptionsTable;
  booking_statistics: BookingStatisticsTable;
  billing_runs: BillingRunsTable;
  company_bills: CompanyBillsTable;
  monthly_reports: MonthlyReportsTable;
  availability_generations: AvailabilityGenerationsTable;
  availability_cache: AvailabilityCacheTable;
  availability_use: AvailabilityUseTable;
  cache_warmings: CacheWarmingsTable;
  agent_scripts: AgentScriptsTable;
  script_variants: ScriptVariantsTable;
  script_assignments: ScriptAssignmentsTable;
  call_users: CallUsersTable;
  do_not_call: DoNotCallTable;
  sms_opt_outs: SmsOptOutsTable;
  call_pauses: CallPausesTable;
  daily_calls: DailyCallsTable;
  call_attempts: CallAttemptsTable;
  call_notices: CallNoticesTable;
  inbox_events: InboxEventsTable;
  idempotency_keys: IdempotencyKeysTable;
  effects: EffectsTable;
  limit_grants: LimitGrantsTable;
  leases: LeasesTable;
  circuit_breakers: CircuitBreakersTable;
  reviews: ReviewsTable;
  failed_runs: FailedRunsTable;
  audit_log: AuditLogTable;
  alerts: AlertsTable;
  alert_notices: AlertNoticesTable;
  alert_tellings: AlertTellingsTable;
  health_checks: HealthChecksTable;
  legal_holds: LegalHoldsTable;
  erased_entities: ErasedEntitiesTable;
  company_subscriptions: CompanySubscriptionsTable;
  invoices: InvoicesTable;
  subscription_requests: SubscriptionRequestsTable;
  subscription_notices: SubscriptionNoticesTable;
  calendar_sync_runs: CalendarSyncRunsTable;
  calendar_watermarks: CalendarWatermarksTable;
  calendar_drifts: CalendarDriftsTable;
  calendar_event_types: CalendarEventTypesTable;
  calendar_members: CalendarMembersTable;
  erasures: ErasuresTable;
  gdpr_exports: GdprExportsTable;
  staff_assignments: StaffAssignmentsTable;
  staff_assignment_items: StaffAssignmentItemsTable;
  host_writes: HostWritesTable;
}
