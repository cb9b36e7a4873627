import { type Kysely, sql } from 'kysely';
import type { Alongside } from '../../effects.ts';
import type { Database } from '../../tables/database.ts';

const requests = (db: Kysely<Database>) =>
  db
    .selectFrom('subscription_requests as r')
    .select([
      'r.id',
      'r.company_id as companyId',
      'r.kind',
      'r.invoice_id as invoiceId',
      'r.amount_cents as amountCents',
      'r.status',
      'r.refusal',
      'r.requested_by as requestedBy',
      'r.created_at as createdAt',
      'r.finished_at as finishedAt',
    ]);

export type SubscriptionRequest = Awaited<ReturnType<ReturnType<typeof requests>['executeTakeFirstOrThrow']>>;

export interface NewSubscriptionRequest {
  id: string;
  companyId: string;
  kind: 'cancel' | 'refund';
  invoiceId: string | null;
  amountCents: number | null;
  requestedBy: string;
}

/** Files what is asked for; the run of the company's subscription carries it out. */
export async function insertRequest(trx: Kysely<Database>, request: NewSubscriptionRequest): Promise<void> {
  await trx
    .insertInto('subscription_requests')
    .values({
      id: request.id,
      company_id: request.companyId,
      kind: request.kind,
      invoice_id: request.invoiceId,
      amount_cents: request.amountCents,
      requested_by: request.requestedBy,
      refusal: null,
      vendor_ref: null,
      finished_at: null,
    })
    .execute();
}

/** One request; undefined outside `companyId` (null: any). */
export function findRequest(
  db: Kysely<Database>,
  companyId: string | null,
  id: string,
): Promise<SubscriptionRequest | undefined> {
  return requests(db)
    .where('r.id', '=', id)
    .$if(companyId !== null, (query) => query.where('r.company_id', '=', companyId as string))
    .executeTakeFirst();
}

/** What was asked for a company's subscription, newest first. */
export function requestsOf(
  db: Kysely<Database>,
  companyId: string,
  limit: number,
): Promise<SubscriptionRequest[]> {
  return requests(db)
    .where('r.company_id', '=', companyId)
    .orderBy('r.created_at', 'desc')
    .orderBy('r.id')
    .limit(limit)
    .execute();
}

/** Ids of what is not carried out yet, oldest first. */
export async function openRequests(db: Kysely<Database>, companyId: string): Promise<string[]> {
  const rows = await requests(db)
    .where('r.company_id', '=', companyId)
    .where('r.status', '=', 'accepted')
    .orderBy('r.created_at')
    .orderBy('r.id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The cancellation that is asked for and not carried out yet. */
export function findOpenCancellation(trx: Kysely<Database>, companyId: string) {
  return requests(trx)
    .where('r.company_id', '=', companyId)
    .where('r.kind', '=', 'cancel')
    .where('r.status', '=', 'accepted')
    .executeTakeFirst();
}

/** A request with what its carrying out needs. */
export function readRequest(db: Kysely<Database>, id: string) {
  return requests(db)
    .leftJoin('company_subscriptions as s', 's.company_id', 'r.company_id')
    .leftJoin('invoices', 'invoices.id', 'r.invoice_id')
    .select(['s.stripe_subscription_id as subscriptionId', 'invoices.payment_intent_id as paymentIntentId'])
    .where('r.id', '=', id)
    .executeTakeFirst();
}

export type RequestToCarryOut = NonNullable<Awaited<ReturnType<typeof readRequest>>>;

/** It was done; alongside the effect. */
export const requestDone = (id: string, vendorRef: string | null): Alongside => sql`
  finished AS (
    UPDATE subscription_requests SET status = 'done', vendor_ref = ${vendorRef}, finished_at = now()
    WHERE id = ${id} AND status = 'accepted'
  )`;

export async function refuseRequest(db: Kysely<Database>, id: string, refusal: string): Promise<void> {
  await db
    .updateTable('subscription_requests')
    .set({ status: 'refused', refusal, finished_at: new Date() })
    .where('id', '=', id)
    .where('status', '=', 'accepted')
    .execute();
}

/** An invoice, locked, with what may still be refunded of it. */
export async function lockRefundable(trx: Kysely<Database>, invoiceId: string) {
  const invoice = await trx
    .selectFrom('invoices')
    .where('id', '=', invoiceId)
    .select(['id', 'company_id', 'status', 'paid_cents', 'refunded_cents', 'payment_intent_id', 'currency'])
    .forUpdate()
    .executeTakeFirst();
  if (!invoice) return undefined;
  const { rows } = await sql<{ cents: string }>`
    SELECT coalesce(sum(r.amount_cents), 0) AS cents
    FROM subscription_requests r JOIN company_subscriptions s ON s.company_id = r.company_id
    WHERE r.invoice_id = ${invoiceId}
      AND (r.status = 'accepted' OR (r.status = 'done' AND r.finished_at >= coalesce(s.read_at, r.finished_at)))`.execute(
    trx,
  );
  const leftCents = invoice.paid_cents - invoice.refunded_cents - Number(rows[0]!.cents);
  return { ...invoice, leftCents: Math.max(0, leftCents) };
}
