/** Stripe's objects as they stand on the wire (API 2026-10-28.endive), as far as this emulator fills them. Times: Unix seconds. */
export const API_VERSION = '2026-10-28.endive';

export type Metadata = Record<string, string>;

export interface Stored {
  id: string;
  created: number;
  livemode: false;
  metadata: Metadata;
}

export interface Customer extends Stored {
  object: 'customer';
  name: string | null;
  email: string | null;
  description: string | null;
  preferred_locales: string[];
  currency: string | null;
  delinquent: boolean;
  invoice_prefix: string;
  next_invoice_sequence: number;
  invoice_settings: { default_payment_method: string | null };
  test_clock: string | null;
  deleted?: true;
}

export interface PaymentMethod extends Stored {
  object: 'payment_method';
  type: 'card';
  customer: string | null;
  card: { brand: 'visa'; last4: string; exp_month: 12; exp_year: 2034; country: 'US'; funding: 'credit' };
}

export interface Price extends Stored {
  object: 'price';
  active: boolean;
  billing_scheme: 'per_unit';
  currency: string;
  currency_options: Record<string, { unit_amount: number }>;
  lookup_key: string | null;
  nickname: string | null;
  product: string;
  recurring: { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number; usage_type: 'licensed' };
  type: 'recurring';
  unit_amount: number;
  unit_amount_decimal: string;
}

export interface SubscriptionItem {
  id: string;
  object: 'subscription_item';
  created: number;
  current_period_start: number;
  current_period_end: number;
  metadata: Metadata;
  price: Price;
  quantity: number;
  subscription: string;
}

export type SubscriptionStatus =
  | 'active'
  | 'canceled'
  | 'incomplete'
  | 'incomplete_expired'
  | 'past_due'
  | 'paused'
  | 'trialing'
  | 'unpaid';

export interface Subscription extends Stored {
  object: 'subscription';
  billing_cycle_anchor: number;
  cancel_at: number | null;
  cancel_at_period_end: boolean;
  canceled_at: number | null;
  cancellation_details: { comment: null; feedback: null; reason: string | null };
  collection_method: 'charge_automatically';
  currency: string;
  customer: string;
  default_payment_method: string | null;
  ended_at: number | null;
  items: { object: 'list'; data: SubscriptionItem[]; has_more: false; url: string };
  latest_invoice: string | null;
  start_date: number;
  status: SubscriptionStatus;
  test_clock: string | null;
  trial_end: number | null;
  trial_start: number | null;
}

export interface PaymentIntent extends Stored {
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  currency: string;
  customer: string;
  last_payment_error: object | null;
  latest_charge: string | null;
  payment_method: string | null;
  payment_method_types: ['card'];
  status: 'requires_payment_method' | 'succeeded' | 'canceled';
}

export interface Charge extends Stored {
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  captured: boolean;
  currency: string;
  customer: string;
  failure_code: string | null;
  failure_message: string | null;
  paid: boolean;
  payment_intent: string;
  payment_method: string;
  refunded: boolean;
  status: 'succeeded' | 'failed';
}

export interface Refund {
  id: string;
  object: 'refund';
  amount: number;
  charge: string;
  created: number;
  currency: string;
  customer: string;
  metadata: Metadata;
  payment_intent: string;
  reason: string | null;
  status: 'succeeded';
}

export interface CheckoutSession extends Stored {
  object: 'checkout.session';
  amount_subtotal: number;
  amount_total: number;
  cancel_url: string | null;
  client_reference_id: string | null;
  currency: string;
  customer: string;
  expires_at: number;
  invoice: string | null;
  mode: 'subscription';
  payment_method_collection: 'always';
  payment_status: 'paid' | 'unpaid' | 'no_payment_required';
  status: 'open' | 'complete' | 'expired';
  subscription: string | null;
  success_url: string | null;
  ui_mode: 'hosted_page';
  url: string | null;
}

export interface TestClock {
  id: string;
  object: 'test_helpers.test_clock';
  created: number;
  deletes_after: number;
  frozen_time: number;
  livemode: false;
  name: string | null;
  status: 'ready' | 'advancing';
  status_details: { advancing?: { target_frozen_time: number } };
}

export interface StripeEventRecord {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null } | null;
  type: string;
}

export interface WebhookEndpoint extends Stored {
  object: 'webhook_endpoint';
  api_version: string;
  description: string | null;
  enabled_events: string[];
  secret: string;
  status: 'enabled' | 'disabled';
  url: string;
  /** A thin endpoint is an event destination of API v2; no v1 object has this. */
  event_payload: 'snapshot' | 'thin';
}
