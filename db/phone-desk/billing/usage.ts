import { type Kysely, sql } from 'kysely';
import type { Usage } from '../../../shared/phone-desk/prices.ts';
import type { Database } from '../../tables/database.ts';

/**
 * What a company used between two moments: calls that ended (inbound and daily), their minutes, each begun one counted,
 * bookings that came to stand, messages that went out.
 */
export async function measureUsage(
  db: Kysely<Database>,
  companyId: string,
  { from, to }: { from: Date; to: Date },
): Promise<Usage> {
  const { rows } = await sql<Usage>`
    WITH ended AS (
      SELECT duration_ms FROM calls
        WHERE company_id = ${companyId} AND ended_at >= ${from} AND ended_at < ${to}
      UNION ALL
      SELECT duration_ms FROM call_attempts
        WHERE company_id = ${companyId} AND dialled_at IS NOT NULL AND ended_at >= ${from} AND ended_at < ${to}
    )
    SELECT
      (SELECT count(*)::int FROM ended) AS calls,
      (SELECT coalesce(sum(ceil(duration_ms / 60000.0)), 0)::int FROM ended) AS minutes,
      (SELECT count(*)::int FROM appointments
        WHERE company_id = ${companyId} AND counted_at >= ${from} AND counted_at < ${to}) AS bookings,
      (SELECT count(*)::int FROM notifications
        WHERE company_id = ${companyId} AND sent_at >= ${from} AND sent_at < ${to})
      + (SELECT count(*)::int FROM call_notices n JOIN call_attempts a ON a.id = n.attempt_id
        WHERE a.company_id = ${companyId} AND n.sent_at >= ${from} AND n.sent_at < ${to}) AS messages`.execute(
    db,
  );
  return rows[0]!;
}
