import type { Generated } from 'kysely';
import type { DunningStage, SubscriptionNoticeKind } from '../../shared/subscriptions/standing.ts';
import type { CreatedAt, Timestamp, UpdatedAt } from './columns.ts';

export interface CompanySubscriptionsTable {
  company_id: string;
  customer_number: Generated<number>;
  stripe_customer_id: string | null;
  stripe_subscription_id: string | null;
  /** Stripe's, or `none`. */
  status: Generated<string>;
  /** ISO 4217, upper case. */
  currency: string | null;
  price_id: string | null;
  unit_amount_cents: number | null;
  quantity: number | null;
  trial_ends_at: Timestamp | null;
  period_starts_at: Timestamp | null;
  period_ends_at: Timestamp | null;
  cancel_at: Timestamp | null;
  ended_at: Timestamp | null;
  dunning_stage: Generated<DunningStage>;
  read_at: Timestamp | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

export interface InvoicesTable {
  /** Stripe's. */
  id: string;
  company_id: string;
  subscription_id: string | null;
  number: string | null;
  status: InvoiceStatus;
  /** ISO 4217, upper case. */
  currency: string;
  total_cents: number;
  paid_cents: number;
  remaining_cents: number;
  refunded_cents: number;
  attempts: number;
  next_attempt_at: Timestamp | null;
  billing_reason: string | null;
  payment_intent_id: string | null;
  hosted_url: string | null;
  pdf_url: string | null;
  odd_currency: boolean;
  created_at: Timestamp;
  paid_at: Timestamp | null;
}

export interface SubscriptionRequestsTable {
  id: string;
  company_id: string;
  kind: 'cancel' | 'refund';
  invoice_id: string | null;
  amount_cents: number | null;
  status: Generated<'accepted' | 'done' | 'refused'>;
  refusal: string | null;
  vendor_ref: string | null;
  requested_by: string;
  created_at: CreatedAt;
  finished_at: Timestamp | null;
}

export interface SubscriptionNoticesTable {
  id: Generated<string>;
  company_id: string;
  kind: SubscriptionNoticeKind;
  about: string;
  invoice_id: string | null;
  status: Generated<'pending' | 'sent' | 'skipped' | 'failed' | 'unknown'>;
  reason: string | null;
  created_at: CreatedAt;
  sent_at: Timestamp | null;
}
