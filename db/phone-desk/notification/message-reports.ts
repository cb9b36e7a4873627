import { type Kysely, sql } from 'kysely';
import { type Delivery, isNews } from '../../../shared/messages/delivery.ts';
import { recordHappened } from '../../effects.ts';
import type { Database } from '../../tables/database.ts';

/** What a provider says of a message that it took. */
export interface MessageReport {
  delivery: Delivery;
  /** The provider's error. */
  code: string | null;
  at: Date;
  /** The provider's id of the message, if it tells. */
  vendorRef: string | null;
}

/**
 * Notes a report on the message, unless it is known or older than what is known. A report is also the proof that a
 * message of which nobody knew was taken: the ledger and the row say so from then on. Returns whether it is news;
 * a failure is left to `failAndSwitch`, which notes it.
 */
export async function noteReport(
  db: Kysely<Database>,
  notificationId: string,
  { delivery, code, at, vendorRef }: MessageReport,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('notifications')
      .where('id', '=', notificationId)
      .select(['status', 'delivery'])
      .forUpdate()
      .executeTakeFirst();
    if (!row) return false;
    if (row.status === 'pending' || row.status === 'unknown') {
      await recordHappened(trx, `notification:${notificationId}`);
      await trx
        .updateTable('notifications')
        .set({
          status: 'sent',
          reason: null,
          held_until: null,
          sent_at: sql`coalesce(sent_at, ${at})`,
          vendor_ref: sql`coalesce(vendor_ref, ${vendorRef})`,
        })
        .where('id', '=', notificationId)
        .execute();
    }
    if (!isNews(row.delivery, delivery)) return false;
    if (delivery !== 'failed') {
      await trx
        .updateTable('notifications')
        .set({ delivery, delivery_at: at, delivery_code: code })
        .where('id', '=', notificationId)
        .execute();
    }
    return true;
  });
}
