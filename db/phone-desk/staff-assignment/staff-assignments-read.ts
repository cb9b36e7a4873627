import { type Kysely, sql } from 'kysely';
import { type BatchState, type ItemStatus, itemStatuses } from '../../../shared/phone-desk/assignments.ts';
import { listPage, type Page, type PageRequest } from '../../page.ts';
import type { Database } from '../../tables/database.ts';

function batches(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('staff_assignments')
    .where('staff_assignments.company_id', '=', companyId)
    .select([
      'staff_assignments.id',
      'staff_assignments.status as state',
      'staff_assignments.undo_of as undoOf',
      'staff_assignments.cancel_requested_at as cancelRequestedAt',
      'staff_assignments.created_at as createdAt',
      'staff_assignments.ended_at as endedAt',
    ])
    .select((eb) =>
      eb
        .selectFrom('staff_assignments as u')
        .whereRef('u.undo_of', '=', 'staff_assignments.id')
        .select('u.id')
        .as('undoneBy'),
    )
    .select(
      sql<Partial<Record<ItemStatus, number>>>`coalesce((
        SELECT jsonb_object_agg(s.status, s.items) FROM (
          SELECT i.status, count(*) AS items FROM staff_assignment_items i
          WHERE i.batch_id = staff_assignments.id GROUP BY i.status) s), '{}')`.as('counts'),
    );
}

type BatchRow = Awaited<ReturnType<ReturnType<typeof batches>['executeTakeFirstOrThrow']>>;

/** How a batch stands. */
export type BatchView = Omit<BatchRow, 'counts'> &
  Record<ItemStatus | 'total' | 'percent', number> & { state: BatchState };

function toView({ counts, ...batch }: BatchRow): BatchView {
  const byStatus = Object.fromEntries(itemStatuses.map((status) => [status, counts[status] ?? 0])) as Record<
    ItemStatus,
    number
  >;
  const total = Object.values(byStatus).reduce((sum, items) => sum + items, 0);
  const settled = total - byStatus.pending;
  return { ...batch, ...byStatus, total, percent: total === 0 ? 100 : Math.floor((settled / total) * 100) };
}

/** The batches of a company, newest first. */
export async function listBatches(
  db: Kysely<Database>,
  companyId: string,
  page: PageRequest,
): Promise<Page<BatchView>> {
  const { items, next } = await listPage(batches(db, companyId), 'staff_assignments', {}, page);
  return { items: items.map(toView), next };
}

/** One batch with all that stands on its list; undefined outside the company. */
export async function readBatch(db: Kysely<Database>, companyId: string, batchId: string) {
  const batch = await batches(db, companyId).where('staff_assignments.id', '=', batchId).executeTakeFirst();
  if (!batch) return undefined;
  const items = await db
    .selectFrom('staff_assignment_items as i')
    .innerJoin('staff', 'staff.id', 'i.staff_id')
    .where('i.batch_id', '=', batchId)
    .select(['i.position', 'i.staff_id as staffId', 'staff.email as staff', 'i.event_type_id as eventTypeId'])
    .select(['i.action', 'i.status', 'i.reason', 'i.settled_at as settledAt'])
    .orderBy('i.position')
    .execute();
  return { ...toView(batch), items };
}

/** Everything that the assignments of a company are checked against. */
export async function readAssignable(db: Kysely<Database>, companyId: string) {
  const [staff, members, eventTypes] = await Promise.all([
    db
      .selectFrom('staff')
      .where('company_id', '=', companyId)
      .select(['id', 'email', 'active', 'proposed_at'])
      .execute(),
    db
      .selectFrom('calendar_members')
      .where('company_id', '=', companyId)
      .select(['user_id', 'email'])
      .orderBy('user_id', 'desc')
      .execute(),
    db
      .selectFrom('calendar_event_types')
      .where('company_id', '=', companyId)
      .select(['event_type_id', 'team_id', 'gone_at'])
      .execute(),
  ]);
  return { staff, members, eventTypes };
}

export type Assignable = Awaited<ReturnType<typeof readAssignable>>;
