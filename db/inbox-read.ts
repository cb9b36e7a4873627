import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import { cutPage, type Page, type PageRequest, positionOf } from './page.ts';
import type { Database } from './tables/database.ts';

export type InboxStatus = 'pending' | 'done' | 'ignored' | 'failed';

export interface InboxFilter {
  /** null: every company, and what belongs to none. */
  companyId: string | null;
  source?: string | undefined;
  status?: InboxStatus | undefined;
  /** The workflow id that the event belongs to. */
  entity?: string | undefined;
  receivedFrom?: Date | undefined;
  receivedBefore?: Date | undefined;
}

function eventsOfCompanies(db: Kysely<Database>) {
  return db
    .selectFrom('inbox_events')
    .leftJoin('companies', 'companies.id', 'inbox_events.company_id')
    .select([
      'inbox_events.id',
      'companies.slug as company',
      'inbox_events.source',
      'inbox_events.event_key as eventKey',
      'inbox_events.event_type as eventType',
      'inbox_events.entity',
      'inbox_events.status',
      'inbox_events.attempts',
      'inbox_events.duplicates',
      'inbox_events.last_error as lastError',
      'inbox_events.request_id as requestId',
      'inbox_events.trace_parent as traceParent',
      'inbox_events.received_at as receivedAt',
      'inbox_events.done_at as doneAt',
    ]);
}

export type InboxEventView = Awaited<
  ReturnType<ReturnType<typeof eventsOfCompanies>['executeTakeFirstOrThrow']>
>;

/** Events without their bodies, newest first; the id counts up, so it is the whole position. */
export async function listInboxEvents(
  db: Kysely<Database>,
  filter: InboxFilter,
  page: PageRequest,
): Promise<Page<InboxEventView>> {
  const { receivedFrom, receivedBefore } = filter;
  const { after } = page;
  const rows = await eventsOfCompanies(db)
    .select(positionOf('inbox_events.received_at').as('position'))
    .where((eb) =>
      eb.and({
        ...(filter.companyId === null ? {} : { 'inbox_events.company_id': filter.companyId }),
        ...(filter.source ? { 'inbox_events.source': filter.source } : {}),
        ...(filter.status ? { 'inbox_events.status': filter.status } : {}),
        ...(filter.entity ? { 'inbox_events.entity': filter.entity } : {}),
      }),
    )
    .$if(receivedFrom !== undefined, (query) => query.where('received_at', '>=', receivedFrom as Date))
    .$if(receivedBefore !== undefined, (query) => query.where('received_at', '<', receivedBefore as Date))
    .$if(after !== null, (query) => query.where(sql<boolean>`inbox_events.id < ${after?.id}::bigint`))
    .orderBy('inbox_events.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return cutPage(rows, page.limit);
}

/** One event without its body; undefined outside `companyId` (null: any). */
export function findInboxEvent(db: Kysely<Database>, companyId: string | null, id: string) {
  return eventsOfCompanies(db)
    .where('inbox_events.id', '=', id)
    .$if(companyId !== null, (query) => query.where('inbox_events.company_id', '=', companyId as string))
    .executeTakeFirst();
}

/** How many accepted events wait for their hand-over. */
export async function countPending(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pending: string }>(
    `SELECT count(*) AS pending FROM inbox_events WHERE status = 'pending'`,
  );
  return Number(rows[0]?.pending ?? 0);
}
