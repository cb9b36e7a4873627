import type { Kysely } from 'kysely';
import { fileNotices, skipReminders } from '../../../db/phone-desk/subscription/subscription-notices.ts';
import { type LockedSubscription, setSuspended } from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { Deps } from '../../../platform/deps.ts';

const DAY_MS = 86_400_000;

/**
 * Deactivates a company: it takes no new bookings, what is booked goes on, its data are kept for the time of the
 * settings. It is told once; reminders that have not gone out say nothing new any more. A repeat changes nothing.
 */
export async function closeBookings(
  { clock, env }: Deps,
  trx: Kysely<Database>,
  companyId: string,
  before: LockedSubscription,
): Promise<void> {
  if (before.suspended_at !== null) return;
  const at = clock();
  const dataKeptUntil = new Date(at.getTime() + env.SUBSCRIPTION_RETENTION_DAYS * DAY_MS);
  await setSuspended(trx, companyId, { at, dataKeptUntil });
  await skipReminders(trx, companyId, { reason: 'deactivated' });
  await fileNotices(trx, companyId, [{ kind: 'deactivated', about: at.toISOString(), invoiceId: null }]);
}
