import { type Insertable, type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';
import type { InvoicesTable } from '../../tables/subscriptions.ts';

export type InvoiceRow = Insertable<InvoicesTable>;

/** Writes invoices as they stand at Stripe; each is one row, however often it is told. */
export async function writeInvoices(trx: Kysely<Database>, rows: InvoiceRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx
    .insertInto('invoices')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((set) => ({
        number: set.ref('excluded.number'),
        status: set.ref('excluded.status'),
        total_cents: set.ref('excluded.total_cents'),
        paid_cents: set.ref('excluded.paid_cents'),
        remaining_cents: set.ref('excluded.remaining_cents'),
        refunded_cents: set.ref('excluded.refunded_cents'),
        attempts: set.ref('excluded.attempts'),
        next_attempt_at: set.ref('excluded.next_attempt_at'),
        payment_intent_id: set.ref('excluded.payment_intent_id'),
        hosted_url: set.ref('excluded.hosted_url'),
        pdf_url: set.ref('excluded.pdf_url'),
        odd_currency: set.ref('excluded.odd_currency'),
        paid_at: set.ref('excluded.paid_at'),
      })),
    )
    .execute();
}

/** Invoices of a company that we know to be in another currency. */
export async function knownOddInvoices(trx: Kysely<Database>, companyId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('invoices')
    .where('company_id', '=', companyId)
    .where('odd_currency', '=', true)
    .select('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The invoices of a company, newest first. */
export function invoicesOf(db: Kysely<Database>, companyId: string, limit: number) {
  return db
    .selectFrom('invoices')
    .where('company_id', '=', companyId)
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** What a company has paid in its own currency, refunds taken off; minor units. */
export async function paidCentsOf(db: Kysely<Database>, companyId: string): Promise<number> {
  const row = await db
    .selectFrom('invoices')
    .where('company_id', '=', companyId)
    .where('status', '=', 'paid')
    .where('odd_currency', '=', false)
    .select(sql<string>`coalesce(sum(paid_cents - refunded_cents), 0)`.as('cents'))
    .executeTakeFirstOrThrow();
  return Number(row.cents);
}
