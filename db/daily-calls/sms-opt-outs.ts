import { type Kysely, sql } from 'kysely';
import type { SmsOptOutsTable } from '../tables/daily-calls.ts';
import type { Database } from '../tables/database.ts';

/** In a query over `call_users`: since when their number wants no SMS of the company. */
export const smsOptedOutAt = sql<Date | null>`(SELECT o.created_at FROM sms_opt_outs o
  WHERE o.phone_index = call_users.phone_index AND o.company_id = call_users.company_id)`;

/** In a query over `call_users`: no SMS may go to their number. Who wants no calls on it wants no SMS either. */
export const wantsNoSms = sql<boolean>`(
  EXISTS (SELECT FROM sms_opt_outs o
    WHERE o.phone_index = call_users.phone_index AND o.company_id = call_users.company_id)
  OR EXISTS (SELECT FROM do_not_call d WHERE d.phone_index = call_users.phone_index
    AND (d.company_id IS NULL OR d.company_id = call_users.company_id)))`;

/** The people of these companies who are called on this number, deleted ones as well: they may come back. */
export async function callUsersByPhone(
  db: Kysely<Database>,
  companyIds: string[],
  phoneIndex: Buffer,
): Promise<{ companyId: string; locale: string }[]> {
  if (companyIds.length === 0) return [];
  return db
    .selectFrom('call_users')
    .where('phone_index', '=', phoneIndex)
    .where('company_id', 'in', companyIds)
    .select(['company_id as companyId', 'locale'])
    .orderBy('created_at')
    .execute();
}

/** No SMS of these companies to the number any more; what stands already stays as it was noted first. */
export async function optOutOfSms(
  db: Kysely<Database>,
  companyIds: string[],
  phoneIndex: Buffer,
  { source, code }: Pick<SmsOptOutsTable, 'source' | 'code'>,
): Promise<void> {
  if (companyIds.length === 0) return;
  await db
    .insertInto('sms_opt_outs')
    .values(
      [...new Set(companyIds)].map((company_id) => ({ phone_index: phoneIndex, company_id, source, code })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The number wants SMS of these companies again. */
export async function optInToSms(
  db: Kysely<Database>,
  companyIds: string[],
  phoneIndex: Buffer,
): Promise<void> {
  if (companyIds.length === 0) return;
  await db
    .deleteFrom('sms_opt_outs')
    .where('phone_index', '=', phoneIndex)
    .where('company_id', 'in', companyIds)
    .execute();
}
