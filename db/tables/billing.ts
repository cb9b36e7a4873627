import type { Generated } from 'kysely';
import type { BillLine, Usage } from '../../shared/phone-desk/prices.ts';
import type { CreatedAt, Json, NullableTime, Timestamp, UpdatedAt } from './columns.ts';

export type BillStatus = 'pending' | 'invoiced' | 'nothing-due' | 'failed' | 'cancelled';

export interface BillingRunsTable {
  /** `YYYY-MM`. */
  month: string;
  status: Generated<'running' | 'finished' | 'cancelled'>;
  listed_at: Timestamp | null;
  cancel_requested_at: Timestamp | null;
  first_failed_at: Timestamp | null;
  completed_at: Timestamp | null;
  ended_at: Timestamp | null;
  end_told_at: NullableTime;
  created_at: CreatedAt;
}

export interface CompanyBillsTable {
  company_id: string;
  month: string;
  status: Generated<BillStatus>;
  reason: string | null;
  attempts: Generated<number>;
  usage: Json<Usage> | null;
  lines: Json<BillLine[]> | null;
  currency: string | null;
  total_cents: number | null;
  stripe_invoice_id: string | null;
  draft_number: Generated<number>;
  measured_from: NullableTime;
  measured_to: NullableTime;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface MonthlyReportsTable {
  company_id: string;
  month: string;
  figures: Json<Record<string, unknown>>;
  pdf: Buffer;
  mail_status: Generated<'pending' | 'sent' | 'failed' | 'unknown'>;
  mail_reason: string | null;
  sent_at: Timestamp | null;
  created_at: CreatedAt;
}
