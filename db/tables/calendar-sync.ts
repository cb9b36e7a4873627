import type { ColumnType, Generated } from 'kysely';
import type { DriftKind, SyncKind, SyncStatus } from '../../shared/calendar-sync.ts';
import type { CreatedAt, Json, Timestamp } from './columns.ts';

export interface CalendarSyncRunsTable {
  id: string;
  company_id: string;
  kind: SyncKind;
  trigger: 'schedule' | 'request';
  status: SyncStatus;
  /** Made by the run that does it: a repeat finds what it has taken. */
  taken_by: string | null;
  detail: ColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: CreatedAt;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export interface CalendarWatermarksTable {
  company_id: string;
  /** Changes up to here are taken over; by the calendar's clock. */
  bookings_until: Timestamp;
}

/** How an appointment stands on one side; no personal data. */
export interface SideOfDrift {
  status: string;
  startsAt: string;
  endsAt: string;
  changedAt: string;
}

export interface CalendarDriftsTable {
  id: Generated<string>;
  company_id: string;
  appointment_id: string | null;
  booking_uid: string;
  kind: DriftKind;
  here: Json<SideOfDrift> | null;
  there: Json<SideOfDrift> | null;
  /** `open`, then what became of it. */
  outcome: Generated<string>;
  times_seen: Generated<number>;
  /** Whether the company was told by mail; null: there is nothing to tell. */
  told: 'due' | 'sent' | 'unknown' | 'refused' | null;
  told_at: Timestamp | null;
  created_at: CreatedAt;
  last_seen_at: ColumnType<Date, Date | undefined, Date>;
  resolved_at: Timestamp | null;
}

/** An event type as the calendar has it. */
export interface CalendarEventTypesTable {
  company_id: string;
  event_type_id: number;
  slug: string;
  title: string;
  length_min: number;
  /** Other lengths that may be asked for. */
  length_options: number[];
  /** null: it belongs to a user. */
  team_id: number | null;
  /** User ids of the calendar. */
  hosts: number[];
  /** What it offers here; null: nobody has said so yet. */
  service_id: string | null;
  problem: string | null;
  /** The comparison that has found it. */
  seen_by: string;
  seen_at: ColumnType<Date, Date | undefined, Date>;
  gone_at: Timestamp | null;
}

/** Somebody of the company as its calendar knows them. */
export interface CalendarMembersTable {
  company_id: string;
  user_id: number;
  email: string;
  name: string;
  username: string;
  organization_id: number | null;
  /** Whose key it is: their own event types are listed without a name. */
  is_key_owner: boolean;
  seen_by: string;
}
