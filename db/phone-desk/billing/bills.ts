import { type Kysely, sql } from 'kysely';
import { billLines, defaultPrices, type Prices, type Usage } from '../../../shared/phone-desk/prices.ts';
import type { Alongside } from '../../effects.ts';
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

/** What was measured for the bill of a month, and between which moments; undefined: it was not. */
export async function readMeasured(db: Kysely<Database>, companyId: string, month: string) {
  const row = await db
    .selectFrom('company_bills')
    .where('company_id', '=', companyId)
    .where('month', '=', month)
    .select(['usage', 'measured_from', 'measured_to'])
    .executeTakeFirst();
  if (!row?.usage || !row.measured_from || !row.measured_to) return undefined;
  return { month, usage: row.usage, span: { from: row.measured_from, to: row.measured_to } };
}

/** What was used between two moments, and what became known of the month before after that was billed. */
export interface Measured {
  span: { from: Date; to: Date };
  usage: Usage;
  late: { month: string; usage: Usage } | null;
}

/** Fixes what a bill asks for, once: a repeat finds what the first attempt has written. Returns the lines' sum. */
export async function fixBill(
  db: Kysely<Database>,
  bill: Pick<Bill, 'company_id' | 'month' | 'prices' | 'company_currency'>,
  { span, usage, late }: Measured,
): Promise<number> {
  const prices: Prices = { ...defaultPrices, ...bill.prices };
  const lateLines = late ? billLines(late.usage, prices).map((line) => ({ ...line, month: late.month })) : [];
  const lines = [...billLines(usage, prices), ...lateLines];
  const totalCents = lines.reduce((sum, line) => sum + line.amountCents, 0);
  const { rows } = await sql<{ total_cents: number }>`
    UPDATE company_bills SET attempts = attempts + 1, updated_at = now(),
      usage = coalesce(usage, ${JSON.stringify(usage)}::jsonb), lines = coalesce(lines, ${JSON.stringify(lines)}::jsonb),
      currency = coalesce(currency, ${bill.company_currency}), total_cents = coalesce(total_cents, ${totalCents}),
      measured_from = CASE WHEN usage IS NULL THEN ${span.from} ELSE measured_from END,
      measured_to = CASE WHEN usage IS NULL THEN ${span.to} ELSE measured_to END
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

/** The draft that stands for a bill at Stripe; alongside the effect that made it. */
export const draftMade = (companyId: string, month: string, invoiceId: string): Alongside => sql`
  drafted AS (
    UPDATE company_bills SET stripe_invoice_id = ${invoiceId}, updated_at = now()
    WHERE company_id = ${companyId} AND month = ${month} AND status <> 'invoiced'
  )`;

/** The draft is gone or another customer's: the next attempt makes another. */
export async function giveUpDraft(
  db: Kysely<Database>,
  { company_id, month, stripe_invoice_id }: Pick<Bill, 'company_id' | 'month' | 'stripe_invoice_id'>,
): Promise<void> {
  await db
    .updateTable('company_bills')
    .set((eb) => ({ draft_number: eb('draft_number', '+', 1), stripe_invoice_id: null }))
    .where('company_id', '=', company_id)
    .where('month', '=', month)
    .where('stripe_invoice_id', '=', stripe_invoice_id)
    .where('status', '<>', 'invoiced')
    .execute();
}
