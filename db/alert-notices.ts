import { type Kysely, sql } from 'kysely';
import type { AlertKind } from '../shared/alerts.ts';
import type { Alongside } from './effects.ts';
import type { Database } from './tables/database.ts';
import type { NoticeStatus } from './tables/health.ts';

/**
 * Gathers what a channel was not told yet into its next message; null when there is nothing, when the message before
 * is still on its way, or when that one is younger than `gapMs`: alerts of one moment come together. Whoever first
 * opens a channel is told what stands, not what has been.
 */
export async function formNotice(
  db: Kysely<Database>,
  channel: string,
  gapMs: number,
): Promise<string | null> {
  return db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(4, hashtext(${`notice:${channel}`}))`.execute(trx);
    const { rows } = await sql<{ id: string }>`
      WITH untold AS (
        SELECT a.id, 'raised' AS event FROM alerts a
        WHERE (a.cleared_at IS NULL OR a.cleared_at > now() - interval '1 hour')
          AND NOT EXISTS (SELECT FROM alert_tellings t
            WHERE t.alert_id = a.id AND t.channel = ${channel} AND t.event = 'raised')
        UNION ALL
        SELECT a.id, 'cleared' FROM alerts a
        WHERE a.cleared_at > now() - interval '1 day'
          AND NOT EXISTS (SELECT FROM alert_tellings t
            WHERE t.alert_id = a.id AND t.channel = ${channel} AND t.event = 'cleared')
          AND (a.cleared_at > now() - interval '1 hour' OR EXISTS (SELECT FROM alert_tellings t
            WHERE t.alert_id = a.id AND t.channel = ${channel} AND t.event = 'raised'))
      ), notice AS (
        INSERT INTO alert_notices (channel)
        SELECT ${channel} WHERE EXISTS (SELECT FROM untold) AND NOT EXISTS (
          SELECT FROM alert_notices n WHERE n.channel = ${channel}
            AND (n.status = 'pending' OR n.created_at > now() - ${gapMs} * interval '1 millisecond'))
        RETURNING id
      ), told AS (
        INSERT INTO alert_tellings (alert_id, channel, event, notice_id)
        SELECT untold.id, ${channel}, untold.event, notice.id FROM untold, notice
      )
      SELECT id FROM notice`.execute(trx);
    return rows[0]?.id ?? null;
  });
}

/** The message of a channel that is on its way. */
export async function pendingNotice(db: Kysely<Database>, channel: string): Promise<string | null> {
  const row = await db
    .selectFrom('alert_notices')
    .select('id')
    .where('channel', '=', channel)
    .where('status', '=', 'pending')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** One line of a message. */
export interface NoticeLine {
  event: 'raised' | 'cleared';
  kind: AlertKind;
  company: string | null;
  entity: string;
  raisedAt: Date;
  clearedAt: Date | null;
}

/** What a message tells: what has begun first, then what is over; the oldest first. */
export function readNoticeLines(db: Kysely<Database>, noticeId: string): Promise<NoticeLine[]> {
  return db
    .selectFrom('alert_tellings as t')
    .innerJoin('alerts as a', 'a.id', 't.alert_id')
    .leftJoin('companies as c', 'c.id', 'a.company_id')
    .where('t.notice_id', '=', noticeId)
    .select(['t.event', 'a.kind', 'c.slug as company', 'a.entity'])
    .select(['a.created_at as raisedAt', 'a.cleared_at as clearedAt'])
    .orderBy('t.event', 'desc')
    .orderBy('a.created_at')
    .orderBy('a.id')
    .execute();
}

/** The message went out; true together with the effect. */
export const noticeSent = (id: string): Alongside => sql`
  sent AS (UPDATE alert_notices SET status = 'sent', done_at = now() WHERE id = ${id} AND status <> 'sent')`;

/** The message did not go out, or nobody knows. */
export async function endNotice(
  db: Kysely<Database>,
  id: string,
  status: Exclude<NoticeStatus, 'pending' | 'sent'>,
): Promise<void> {
  await db
    .updateTable('alert_notices')
    .set({ status, done_at: new Date() })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .execute();
}
