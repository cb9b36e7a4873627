import { type Kysely, sql } from 'kysely';
import type { BillStatus } from '../../tables/billing.ts';
import type { Database } from '../../tables/database.ts';

/** How a billing stands; undefined: there is none for the month. */
export async function readBilling(db: Kysely<Database>, month: string) {
  const run = await db.selectFrom('billing_runs').where('month', '=', month).selectAll().executeTakeFirst();
  if (!run) return undefined;
  const { rows } = await sql<{ status: BillStatus; bills: number }>`
    SELECT status, count(*)::int AS bills FROM company_bills WHERE month = ${month} GROUP BY status`.execute(
    db,
  );
  const count = (status: BillStatus) => rows.find((row) => row.status === status)?.bills ?? 0;
  const total = rows.reduce((sum, { bills }) => sum + bills, 0);
  const pending = count('pending');
  return {
    month,
    status: run.status,
    total,
    pending,
    failed: count('failed'),
    invoiced: count('invoiced'),
    nothingDue: count('nothing-due'),
    cancelled: count('cancelled'),
    percent: percentOf(
      total,
      total - pending - (run.listed_at ? 0 : count('failed') + count('cancelled')),
      run,
    ),
    // A run whose companies are not listed yet has no bills and is not finished.
    finished: run.listed_at !== null && run.ended_at !== null,
    cancelRequestedAt: run.cancel_requested_at,
    firstFailedAt: run.first_failed_at,
    completedAt: run.completed_at,
    startedAt: run.created_at,
    endedAt: run.ended_at,
  };
}

/** What failed or was cancelled has its turn again as soon as the companies of a repeat are listed. */
function percentOf(total: number, done: number, { ended_at }: { ended_at: Date | null }): number {
  if (total === 0) return ended_at ? 100 : 0;
  return Math.floor((done / total) * 100);
}

/** The bills of a month, by company; `companyId` null: of all. */
export function listBills(
  db: Kysely<Database>,
  month: string,
  filter: { companyId: string | null; status?: BillStatus | undefined; after: string | null; limit: number },
) {
  return db
    .selectFrom('company_bills')
    .innerJoin('companies', 'companies.id', 'company_bills.company_id')
    .where('company_bills.month', '=', month)
    .$if(filter.companyId !== null, (query) =>
      query.where('company_bills.company_id', '=', filter.companyId as string),
    )
    .$if(filter.status !== undefined, (query) =>
      query.where('company_bills.status', '=', filter.status as BillStatus),
    )
    .$if(filter.after !== null, (query) => query.where('companies.slug', '>', filter.after as string))
    .select([
      'companies.slug as company',
      'company_bills.status',
      'company_bills.reason',
      'company_bills.attempts',
      'company_bills.usage',
      'company_bills.lines',
      'company_bills.currency',
      'company_bills.total_cents as totalCents',
      'company_bills.stripe_invoice_id as invoiceId',
      'company_bills.updated_at as updatedAt',
    ])
    .orderBy('companies.slug')
    .limit(filter.limit)
    .execute();
}
