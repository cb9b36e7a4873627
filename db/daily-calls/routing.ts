import type { Kysely } from 'kysely';
import type { CallProviderName } from '../../shared/daily-calls/providers.ts';
import { dailyCallWorkflowId, outboundCallEntity } from '../../shared/ids.ts';
import type { Database } from '../tables/database.ts';

/** Whose call a report is about. */
export interface CallRoute {
  entity: string;
  companyId: string | null;
  /** Null: no attempt of ours, or one whose provider's id is not known yet. */
  attempt: { id: string; userId: string; localDate: string } | null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Finds the attempt that a report is about, by our own id in its metadata or by the provider's. A report that was
 * faster than the answer to our call is kept under the provider's id, where the attempt's run finds it.
 */
export async function routeCall(
  db: Kysely<Database>,
  provider: CallProviderName,
  { attemptId, providerCallId }: { attemptId: string | null; providerCallId: string | null },
): Promise<CallRoute | null> {
  const byAttempt = attemptId !== null && uuid.test(attemptId) ? attemptId : null;
  if (!byAttempt && !providerCallId) return null;
  const row = await db
    .selectFrom('call_attempts')
    .where('provider', '=', provider)
    .where(({ eb }) => (byAttempt ? eb('id', '=', byAttempt) : eb('provider_call_id', '=', providerCallId)))
    .select(['id', 'user_id', 'local_date', 'company_id'])
    .executeTakeFirst();
  if (row) {
    const { user_id: userId, local_date: localDate } = row;
    return {
      entity: dailyCallWorkflowId(userId, localDate),
      companyId: row.company_id,
      attempt: { id: row.id, userId, localDate },
    };
  }
  return providerCallId
    ? { entity: outboundCallEntity(provider, providerCallId), companyId: null, attempt: null }
    : null;
}
