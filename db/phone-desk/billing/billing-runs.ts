import { type Kysely, type RawBuilder, sql } from 'kysely';
import { spanOfAllZones } from '../../../shared/phone-desk/month.ts';
import type { Database } from '../../tables/database.ts';

/**
 * Begins the billing of a month, or begins it again for what failed or was cancelled. One that runs goes on, takes up
 * what has failed so far once more, and is not to stop any more.
 */
export async function requestBilling(db: Kysely<Database>, month: string): Promise<void> {
  await begin(db, month, sql`true`);
}

const begin = (db: Kysely<Database>, month: string, when: RawBuilder<boolean>) =>
  sql`
    INSERT INTO billing_runs AS r (month) VALUES (${month})
    ON CONFLICT (month) DO UPDATE SET status = 'running', listed_at = NULL, cancel_requested_at = NULL,
      first_failed_at = NULL, completed_at = NULL, ended_at = NULL
    WHERE ${when}`.execute(db);

/**
 * Lists the companies of a billing: all that are active, and those closed meanwhile that used something. Begun again,
 * what failed or was cancelled is pending once more; what is billed stays billed, and who is closed and no customer at
 * Stripe is left out. A repeat lists nothing. `goesOn`: a run that has ended is not begun again by this.
 */
export async function listCompaniesToBill(
  db: Kysely<Database>,
  month: string,
  goesOn = false,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    if (!goesOn) await begin(trx, month, sql`r.status <> 'running'`);
    await sql`
      UPDATE company_bills b SET status = 'cancelled', reason = 'the company is not active', updated_at = now()
      FROM companies c, billing_runs r
      WHERE c.id = b.company_id AND r.month = b.month AND b.month = ${month} AND r.listed_at IS NULL
        AND b.status = 'failed' AND NOT c.active AND b.stripe_invoice_id IS NULL AND NOT ${isCustomer}`.execute(
      trx,
    );
    await sql`
      INSERT INTO company_bills AS b (company_id, month)
      SELECT c.id, r.month FROM companies c, billing_runs r
      WHERE r.month = ${month} AND r.listed_at IS NULL AND (c.active OR (${isCustomer} AND ${hasUsed(month)}))
      ON CONFLICT (month, company_id) DO UPDATE SET status = 'pending', reason = NULL, updated_at = now()
      WHERE b.status IN ('failed', 'cancelled')`.execute(trx);
    await sql`UPDATE billing_runs SET listed_at = now() WHERE month = ${month} AND listed_at IS NULL`.execute(
      trx,
    );
  });
}

/** Of a company `c`. */
const isCustomer = sql<boolean>`EXISTS (
  SELECT FROM company_subscriptions s WHERE s.company_id = c.id AND s.stripe_customer_id IS NOT NULL)`;

/** Whether a company `c` used something in the month of any zone; how much is measured by its own. */
function hasUsed(month: string): RawBuilder<boolean> {
  const { from, to } = spanOfAllZones(month);
  const within = (column: string) => sql`${sql.ref(column)} >= ${from} AND ${sql.ref(column)} < ${to}`;
  return sql`(
    EXISTS (SELECT FROM calls u WHERE u.company_id = c.id AND ${within('u.ended_at')})
    OR EXISTS (SELECT FROM call_attempts u WHERE u.company_id = c.id AND ${within('u.ended_at')})
    OR EXISTS (SELECT FROM appointments u WHERE u.company_id = c.id AND ${within('u.counted_at')})
    OR EXISTS (SELECT FROM notifications u WHERE u.company_id = c.id AND ${within('u.sent_at')}))`;
}

/** The next companies whose bill is pending; none when the run is to be cancelled. */
export async function nextBills(db: Kysely<Database>, month: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ company_id: string }>`
    SELECT b.company_id FROM company_bills b JOIN billing_runs r USING (month)
    WHERE b.month = ${month} AND b.status = 'pending' AND r.cancel_requested_at IS NULL
    ORDER BY b.company_id LIMIT ${limit}`.execute(db);
  return rows.map((row) => row.company_id);
}

/** Notes the first failure of a run. False: there was one before. */
export async function noteFirstFailure(db: Kysely<Database>, month: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('billing_runs')
    .set({ first_failed_at: new Date() })
    .where('month', '=', month)
    .where('first_failed_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export type BillingEnd = 'completed' | 'finished' | 'cancelled' | 'goes-on';

/**
 * Ends a run in which no bill is pending: `completed` without a failure, `finished` with some. A company that was added
 * at the last moment keeps it going; one that comes later finds it ended.
 */
export async function endBilling(db: Kysely<Database>, month: string): Promise<BillingEnd> {
  return db.transaction().execute(async (trx) => {
    const run = await trx
      .selectFrom('billing_runs')
      .where('month', '=', month)
      .selectAll()
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (run.status !== 'running') return run.status === 'cancelled' ? 'cancelled' : completeness(run);
    const bills = await trx
      .selectFrom('company_bills')
      .where('month', '=', month)
      .where('status', 'in', ['pending', 'failed'])
      .select(['status'])
      .execute();
    const cancelled = run.cancel_requested_at !== null;
    const pending = bills.some(({ status }) => status === 'pending');
    // Asked for once more since it was listed.
    if (run.listed_at === null || (pending && !cancelled)) return 'goes-on';
    if (cancelled) {
      await trx
        .updateTable('company_bills')
        .set({ status: 'cancelled', updated_at: new Date() })
        .where('month', '=', month)
        .where('status', '=', 'pending')
        .execute();
    }
    const completed = !cancelled && bills.length === 0;
    await trx
      .updateTable('billing_runs')
      .set({
        status: cancelled && pending ? 'cancelled' : 'finished',
        ended_at: new Date(),
        end_told_at: null,
        completed_at: completed ? new Date() : null,
      })
      .where('month', '=', month)
      .execute();
    if (cancelled && pending) return 'cancelled';
    return completed ? 'completed' : 'finished';
  });
}

const completeness = ({ completed_at }: { completed_at: Date | null }): BillingEnd =>
  completed_at ? 'completed' : 'finished';

/** Notes that the end of a run is told, in the transaction that tells it. False: it was told before. */
export async function noteEndTold(trx: Kysely<Database>, month: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('billing_runs')
    .set({ end_told_at: new Date() })
    .where('month', '=', month)
    .where('end_told_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Asks a run to stop before its next company. False: none is running. */
export async function requestBillingCancel(db: Kysely<Database>, month: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('billing_runs')
    .set({ cancel_requested_at: new Date() })
    .where('month', '=', month)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Puts a company into a run that is under way. */
export async function addBill(
  db: Kysely<Database>,
  month: string,
  companyId: string,
): Promise<'added' | 'there-already' | 'not-running'> {
  return db.transaction().execute(async (trx) => {
    const run = await trx
      .selectFrom('billing_runs')
      .where('month', '=', month)
      .where('status', '=', 'running')
      .where('cancel_requested_at', 'is', null)
      .select('month')
      .forUpdate()
      .executeTakeFirst();
    if (!run) return 'not-running';
    const added = await trx
      .insertInto('company_bills')
      .values({
        company_id: companyId,
        month,
        reason: null,
        usage: null,
        lines: null,
        currency: null,
        total_cents: null,
        stripe_invoice_id: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('company_id')
      .executeTakeFirst();
    return added ? 'added' : 'there-already';
  });
}
