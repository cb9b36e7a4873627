import { type Kysely, sql } from 'kysely';
import { billLines, defaultPrices, type Prices } from '../../../shared/phone-desk/prices.ts';
import type { BillStatus } from '../../tables/billing.ts';
import type { Database } from '../../tables/database.ts';

/** A bill with what is needed to invoice it. */
export function readBill(db: Kysely<Database>, companyId: string, month: string) {
  return db
    .selectFrom('company_bills')
    .innerJoin('companies', 'companies.id', 'company_bills.company_id')
    .innerJoin('billing_runs', 'billing_runs.month', 'company_bills.month')
    .leftJoin('company_subscriptions', 'company_subscriptions.company_id', 'company_bills.company_id')
    .where('company_bills.company_id', '=', companyId)
    .where('company_bills.month', '=', month)
    .selectAll('company_bills')
    .select([
      'companies.name as company_name',
      'companies.time_zone as time_zone',
      'companies.locale as locale',
      'companies.prices as prices',
      'companies.currency as company_currency',
      'billing_runs.cancel_requested_at',
      'company_subscriptions.stripe_customer_id',
    ])
    .executeTakeFirst();
}

export type Bill = NonNullable<Awaited<ReturnType<typeof readBill>>>;

/** Fixes what a bill asks for, once: a repeat finds what the first attempt has written. Returns the lines' sum. */
export async function fixBill(
  db: Kysely<Database>,
  bill: Pick<Bill, 'company_id' | 'month' | 'prices' | 'company_currency'>,
  usage: Parameters<typeof billLines>[0],
): Promise<number> {
  const prices: Prices = { ...defaultPrices, ...bill.prices };
  const lines = billLines(usage, prices);
  const totalCents = lines.reduce((sum, line) => sum + line.amountCents, 0);
  const { rows } = await sql<{ total_cents: number }>`
    UPDATE company_bills SET attempts = attempts + 1, updated_at = now(),
      usage = coalesce(usage, ${JSON.stringify(usage)}::jsonb), lines = coalesce(lines, ${JSON.stringify(lines)}::jsonb),
      currency = coalesce(currency, ${bill.company_currency}), total_cents = coalesce(total_cents, ${totalCents})
    WHERE company_id = ${bill.company_id} AND month = ${bill.month}
    RETURNING total_cents`.execute(db);
  return rows[0]!.total_cents;
}

/** Ends a bill; one that is invoiced stays so. */
export async function endBill(
  db: Kysely<Database>,
  companyId: string,
  month: string,
  end: { status: Exclude<BillStatus, 'pending' | 'cancelled'>; reason?: string; invoiceId?: string },
): Promise<void> {
  await db
    .updateTable('company_bills')
    .set({
      status: end.status,
      reason: end.reason ?? null,
      updated_at: new Date(),
      ...(end.invoiceId ? { stripe_invoice_id: end.invoiceId } : {}),
    })
    .where('company_id', '=', companyId)
    .where('month', '=', month)
    .where('status', '<>', 'invoiced')
    .execute();
}
