import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { CallAnalysis } from '../../shared/daily-calls/analysis.ts';
import type { Alongside } from '../effects.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';
import { toBeSent } from '../to-be-sent.ts';
import { wantsNoSms } from './sms-opt-outs.ts';

export type NoticeChannel = 'email' | 'sms';

export interface NoticeRef {
  id: string;
  channel: NoticeChannel;
}

/** What decides on which channels a person is told about a call. */
export interface NoticeAddressee {
  channels: NoticeChannel[];
  email: string | null;
  /** E.164. */
  phone: string | null;
  deleted: boolean;
  wantsNoSms: boolean;
  smsEnabled: boolean;
  nothingSaid: boolean;
}

export async function readNoticeAddressee(
  db: Kysely<Database>,
  vault: Vault,
  attemptId: string,
): Promise<NoticeAddressee | undefined> {
  const row = await db
    .selectFrom('call_attempts')
    .innerJoin('call_users', 'call_users.id', 'call_attempts.user_id')
    .innerJoin('companies', 'companies.id', 'call_attempts.company_id')
    .leftJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .where('call_attempts.id', '=', attemptId)
    .select([
      'call_attempts.analysis_status',
      'call_users.notify_channels',
      'call_users.email_sealed',
      'call_users.phone_sealed',
      'call_users.deleted_at',
      'companies.sms_enabled',
      'person_keys.wrapped_key',
      wantsNoSms.as('wants_no_sms'),
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const open = openerOf(vault, row.wrapped_key);
  return {
    channels: row.notify_channels,
    email: open('call_users.email', row.email_sealed),
    phone: open('call_users.phone', row.phone_sealed),
    deleted: row.deleted_at !== null,
    wantsNoSms: row.wants_no_sms,
    smsEnabled: row.sms_enabled,
    nothingSaid: row.analysis_status === 'nothing-said',
  };
}

/**
 * Files what a person is to be told about a call, one row for each channel; returns what is to be sent. A repeat
 * returns the same rows, whatever the plan says by then.
 */
export async function fileNotices(
  db: Kysely<Database>,
  attemptId: string,
  planned: { channel: NoticeChannel; skipReason: string | null }[],
): Promise<NoticeRef[]> {
  if (planned.length === 0) return [];
  const rows = await db
    .insertInto('call_notices')
    .values(
      planned.map(({ channel, skipReason }) => ({
        attempt_id: attemptId,
        channel,
        status: skipReason ? ('skipped' as const) : ('pending' as const),
        reason: skipReason,
      })),
    )
    // Only a row that is written comes back: a repeat writes what is there already.
    .onConflict((conflict) =>
      conflict
        .columns(['attempt_id', 'channel'])
        .doUpdateSet((set) => ({ status: set.ref('call_notices.status') })),
    )
    .returning(['id', 'channel', 'status'])
    .execute();
  return toBeSent(rows);
}

/** It went out; alongside the effect that sent it. */
export const noticeSent = (id: string, vendorRef: string | null): Alongside => sql`
  sent AS (
    UPDATE call_notices SET status = 'sent', reason = NULL, vendor_ref = ${vendorRef}, sent_at = now()
    WHERE id = ${id} AND status <> 'sent'
  )`;

/** It did not go out (`skipped`: nor is it to), or nobody knows. */
export async function failNotice(
  db: Kysely<Database>,
  id: string,
  status: 'failed' | 'unknown' | 'skipped',
  reason: string,
): Promise<void> {
  await db
    .updateTable('call_notices')
    .set({ status, reason })
    .where('id', '=', id)
    .where('status', '<>', 'sent')
    .execute();
}

/** A notice with what its text needs to know, opened. */
export async function readNotice(db: Kysely<Database>, vault: Vault, id: string) {
  const row = await db
    .selectFrom('call_notices')
    .innerJoin('call_attempts', 'call_attempts.id', 'call_notices.attempt_id')
    .innerJoin('call_users', 'call_users.id', 'call_attempts.user_id')
    .innerJoin('companies', 'companies.id', 'call_attempts.company_id')
    .leftJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .where('call_notices.id', '=', id)
    .select([
      'call_notices.id',
      'call_notices.channel',
      'call_notices.created_at as createdAt',
      'call_attempts.id as attemptId',
      'call_attempts.company_id as companyId',
      'call_attempts.user_id as userId',
      'call_attempts.analysis_sealed',
      'call_users.name_sealed',
      'call_users.email_sealed',
      'call_users.phone_sealed',
      'call_users.locale',
      'companies.name as companyName',
      'companies.contact_email as companyEmail',
      'companies.sms_sender as smsSender',
      wantsNoSms.as('wantsNoSms'),
      'person_keys.wrapped_key',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { wrapped_key, analysis_sealed, name_sealed, email_sealed, phone_sealed, ...notice } = row;
  const open = openerOf(vault, wrapped_key);
  const analysis = open('call_attempts.analysis', analysis_sealed);
  return {
    ...notice,
    name: open('call_users.name', name_sealed),
    email: open('call_users.email', email_sealed),
    phone: open('call_users.phone', phone_sealed),
    summary: analysis && (JSON.parse(analysis) as CallAnalysis).summary,
  };
}

/** Null fields were never given, or the person's key is destroyed. */
export type Notice = NonNullable<Awaited<ReturnType<typeof readNotice>>>;
