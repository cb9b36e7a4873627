import { type Kysely, sql } from 'kysely';
import type { Host } from '../../../shared/phone-desk/assignments.ts';
import type { Database } from '../../tables/database.ts';
import type { HostTarget } from './host-writes.ts';

/**
 * Where a batch says who alone of the staff hosts an event type: whoever else of them does stands on its list from here
 * on, to be removed. Hosts who are nobody of the staff stay. A repeat lists nobody twice.
 */
export async function listOtherHosts(
  db: Kysely<Database>,
  batchId: string,
  { companyId, eventTypeId }: HostTarget,
  hosts: Host[],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const batch = await trx
      .selectFrom('staff_assignments')
      .where('id', '=', batchId)
      .where(sql<boolean>`${eventTypeId} = ANY(exact_event_types)`)
      .select('id')
      .forUpdate()
      .executeTakeFirst();
    if (!batch) return;
    await sql`
      INSERT INTO staff_assignment_items (batch_id, position, staff_id, user_id, event_type_id, action)
      SELECT ${batchId}, (SELECT max(position) FROM staff_assignment_items WHERE batch_id = ${batchId})
          + row_number() OVER (ORDER BY m.user_id), s.id, m.user_id, ${eventTypeId}, 'remove'
      FROM calendar_members m JOIN staff s ON s.company_id = m.company_id AND lower(s.email) = m.email
      WHERE m.company_id = ${companyId} AND m.user_id = ANY(${hosts.map(({ userId }) => userId)}::integer[])
      ON CONFLICT (batch_id, event_type_id, staff_id) DO NOTHING`.execute(trx);
  });
}
