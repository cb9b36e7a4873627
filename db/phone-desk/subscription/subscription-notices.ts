import { type Kysely, sql } from 'kysely';
import { reminderKinds, type SubscriptionNoticeKind } from '../../../shared/subscriptions/standing.ts';
import type { Alongside } from '../../effects.ts';
import type { Database } from '../../tables/database.ts';

export interface NewNotice {
  kind: SubscriptionNoticeKind;
  /** The same step of the same thing is told once. */
  about: string;
  invoiceId: string | null;
}

/** Files what a company is to be told; what was filed before stays as it is. */
export async function fileNotices(
  trx: Kysely<Database>,
  companyId: string,
  notices: NewNotice[],
): Promise<void> {
  if (notices.length === 0) return;
  await trx
    .insertInto('subscription_notices')
    .values(
      notices.map(({ kind, about, invoiceId }) => ({
        company_id: companyId,
        kind,
        about,
        invoice_id: invoiceId,
        reason: null,
        sent_at: null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['company_id', 'kind', 'about']).doNothing())
    .execute();
}

/** Reminders of a company that were told, or may have been. */
export function remindersOf(trx: Kysely<Database>, companyId: string) {
  return trx
    .selectFrom('subscription_notices')
    .where('company_id', '=', companyId)
    .where('kind', 'in', reminderKinds)
    .where('status', 'in', ['sent', 'unknown'])
    .select(['invoice_id', 'kind'])
    .execute();
}

/** Reminders that are not told yet and need not be told any more; of these invoices, or all. */
export async function skipReminders(
  trx: Kysely<Database>,
  companyId: string,
  which: { invoiceIds?: string[]; but?: SubscriptionNoticeKind; reason: string },
): Promise<void> {
  const { invoiceIds, but, reason } = which;
  if (invoiceIds?.length === 0) return;
  await trx
    .updateTable('subscription_notices')
    .set({ status: 'skipped', reason })
    .where('company_id', '=', companyId)
    .where('kind', 'in', reminderKinds)
    .where('status', '=', 'pending')
    .$if(invoiceIds !== undefined, (query) => query.where('invoice_id', 'in', invoiceIds as string[]))
    .$if(but !== undefined, (query) => query.where('kind', '<>', but as SubscriptionNoticeKind))
    .execute();
}

/** What is to be sent, or of what nobody knows whether it was; always in one order, as workflows need it. */
export function noticesToSend(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('subscription_notices')
    .where('company_id', '=', companyId)
    .where('status', 'in', ['pending', 'unknown'])
    .select(['id'])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** A notice with what its text needs to know; undefined: it is gone with its company. */
export function readNotice(db: Kysely<Database>, id: string) {
  return db
    .selectFrom('subscription_notices as n')
    .innerJoin('companies', 'companies.id', 'n.company_id')
    .leftJoin('company_subscriptions as s', 's.company_id', 'n.company_id')
    .leftJoin('invoices', 'invoices.id', 'n.invoice_id')
    .where('n.id', '=', id)
    .select([
      'n.id',
      'n.company_id as companyId',
      'n.kind',
      'n.about',
      'n.status',
      'n.created_at as createdAt',
      'companies.name as companyName',
      'companies.contact_email as email',
      'companies.locale',
      'companies.time_zone as timeZone',
      'companies.data_kept_until as dataKeptUntil',
      's.trial_ends_at as trialEndsAt',
      's.unit_amount_cents as unitAmountCents',
      's.quantity',
      's.currency',
      'invoices.number as invoiceNumber',
      'invoices.currency as invoiceCurrency',
      'invoices.total_cents as totalCents',
      'invoices.next_attempt_at as nextAttemptAt',
      'invoices.hosted_url as payUrl',
    ])
    .executeTakeFirst();
}

export type SubscriptionNotice = NonNullable<Awaited<ReturnType<typeof readNotice>>>;

/** It went out; alongside the effect that sent it. */
export const noticeSent = (id: string): Alongside => sql`
  sent AS (
    UPDATE subscription_notices SET status = 'sent', reason = NULL, sent_at = now() WHERE id = ${id} AND status <> 'sent'
  )`;

/** It did not go out, or nobody knows. */
export async function failNotice(
  db: Kysely<Database>,
  id: string,
  status: 'failed' | 'unknown',
  reason: string,
): Promise<void> {
  await db
    .updateTable('subscription_notices')
    .set({ status, reason })
    .where('id', '=', id)
    .where('status', '<>', 'sent')
    .execute();
}

/** What a company was told about its subscription, newest first. */
export function noticesOf(db: Kysely<Database>, companyId: string, limit: number) {
  return db
    .selectFrom('subscription_notices')
    .where('company_id', '=', companyId)
    .select(['id', 'kind', 'invoice_id', 'status', 'reason', 'created_at', 'sent_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
}
