import { sql } from 'kysely';
import type {
  StripeCharge,
  StripeInvoice,
  StripeSubscription,
} from '../../../integrations/stripe/objects.ts';
import type { Deps } from '../../../platform/deps.ts';
import { findFailure } from '../../../shared/failures.ts';

/** What a customer has at Stripe, all read at one moment. */
export interface StripeAccount {
  subscriptions: StripeSubscription[];
  invoices: StripeInvoice[];
  charges: StripeCharge[];
  /** The time by which the customer lives: that of their test clock, else ours. */
  now: Date;
}

export interface AccountReading {
  /** null: Stripe has no such customer (any more). */
  account: StripeAccount | null;
  /** By the clock of the database, before Stripe was asked. */
  readAt: Date;
}

/** Reads what a customer has at Stripe, as it stands now. Throws catalogued failures while Stripe cannot be asked. */
export async function readAccount(
  deps: Deps,
  companyId: string,
  customerId: string,
): Promise<AccountReading> {
  const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at`.execute(deps.db);
  const readAt = rows[0]!.at;
  try {
    const account = await deps.reads.read({
      vendor: 'stripe',
      operation: 'account.read',
      companyId,
      entity: customerId,
      classify: deps.stripeFailure,
      ask: () => ask(deps, customerId),
    });
    return { account, readAt };
  } catch (error) {
    const failed = findFailure(error);
    const code = (failed?.details?.[0] as { code?: string } | undefined)?.code;
    if (failed?.type !== 'VendorRejected' || code !== 'resource_missing') throw error;
    return { account: null, readAt };
  }
}

async function ask({ stripe, clock }: Deps, customerId: string): Promise<StripeAccount | null> {
  const [isDeleted, subscriptions, invoices, charges] = await Promise.all([
    stripe.customers.isDeleted(customerId),
    stripe.subscriptions.list(customerId),
    stripe.invoices.list(customerId),
    stripe.charges.list(customerId),
  ]);
  if (isDeleted) return null;
  const testClock = subscriptions.find(({ testClockId }) => testClockId !== null)?.testClockId;
  const now = testClock ? await stripe.subscriptions.timeOf(testClock) : clock();
  return { subscriptions, invoices, charges, now };
}
