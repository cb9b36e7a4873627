import { lastOfChain } from '../../../db/phone-desk/notification/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import type { NotificationResult } from '../../../workflows/phone-desk/notification/contract.ts';

/** How a message has ended, or the last one that took over from it. */
export async function notificationOutcome(
  { db }: Deps,
  notificationId: string,
): Promise<NotificationResult['status']> {
  const last = await lastOfChain(db, notificationId);
  if (!last) throw failure('NotFound', `notification ${notificationId} does not exist`);
  // A question that nobody has answered in time leaves it open.
  return last.status === 'pending' ? 'unknown' : last.status;
}
