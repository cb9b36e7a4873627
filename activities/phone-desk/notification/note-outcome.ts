import type { Kysely } from 'kysely';
import { finishNotification } from '../../../db/notifications.ts';
import type { Database } from '../../../db/tables/database.ts';
import { findFailure } from '../../../shared/failures.ts';

/**
 * Sends and writes on the notification how it ended; a final failure is also thrown on. Null: it was not
 * sent, and nothing is written.
 */
export async function noteOutcome(
  db: Kysely<Database>,
  notificationId: string,
  send: () => Promise<object | null>,
): Promise<void> {
  try {
    const sent = await send();
    if (!sent) return;
    const vendorRef = 'sid' in sent ? String(sent.sid) : null;
    await finishNotification(db, notificationId, 'sent', null, vendorRef);
  } catch (error) {
    const failed = findFailure(error);
    if (failed?.type === 'EffectUnknown')
      await finishNotification(db, notificationId, 'unknown', failed.type, null);
    if (failed?.type === 'VendorRejected') {
      const detail = failed.details?.[0] as { code?: string } | undefined;
      await finishNotification(db, notificationId, 'failed', detail?.code ?? failed.type, null);
    }
    throw error;
  }
}
