import type { ColumnType, Generated } from 'kysely';
import type { Channel } from '../../shared/messages/channels.ts';
import type { Prices } from '../../shared/phone-desk/prices.ts';
import type { CreatedAt, Sealed, Timestamp } from './columns.ts';

export interface CompanyLimits {
  apiCallsPerMinute?: number;
  mailsPerHourPerCustomer?: number;
  smsPerDayPerCustomer?: number;
  /** Daily calls that are under way at the same time. */
  callsAtOnce?: number;
}

/** For how long what of calls is kept; what is not given is the setting. */
export interface CompanyRetention {
  recordingsDays?: number;
  transcriptsDays?: number;
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
  calcom_webhook_secret_sealed: Sealed | null;
  /** Its subscription is over: no new bookings; what is booked goes on. */
  suspended_at: Timestamp | null;
  data_kept_until: Timestamp | null;
  /** Still taken for a day, while the calendar's subscription is changed. */
  calcom_webhook_secret_before_sealed: ColumnType<Sealed | null, Sealed | null | undefined, Sealed | null>;
  calcom_webhook_secret_changed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** In order; the first `notify_at_once` are used, the others when none of these can be. */
  notify_channels: ColumnType<Channel[], Channel[] | undefined, Channel[]>;
  notify_at_once: Generated<number>;
  /** E.164; null: the one of the installation. */
  sms_sender: ColumnType<string | null, string | null | undefined, string | null>;
  /** E.164; null: no WhatsApp. */
  whatsapp_sender: ColumnType<string | null, string | null | undefined, string | null>;
  /** `HH:MM-HH:MM`; null: none. */
  quiet_hours: ColumnType<string | null, string | null | undefined, string | null>;
  /** The subscription at Cal.com that was made for the company. */
  calcom_webhook_id: ColumnType<string | null, string | null | undefined, string | null>;
  calcom_webhook_orders: Generated<number>;
  limits: ColumnType<CompanyLimits, string | undefined, string>;
  retention: ColumnType<CompanyRetention, string | undefined, string>;
  /** What differs from `defaultPrices`. */
  prices: ColumnType<Partial<Prices>, string | undefined, string>;
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
  /** Found as a host in the calendar; inactive until a person says yes. */
  proposed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
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
  /** The calendar does not offer it (any more); what was switched off by hand has none. */
  gone_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
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
