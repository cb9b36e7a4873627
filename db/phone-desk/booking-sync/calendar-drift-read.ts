import type { Kysely } from 'kysely';
import type { DriftKind } from '../../../shared/calendar-sync.ts';
import { type CreatedRange, listPage, type Page, type PageRequest } from '../../page.ts';
import type { Database } from '../../tables/database.ts';

export interface DriftFilter extends CreatedRange {
  companyId: string;
  kind?: DriftKind | undefined;
  open?: boolean | undefined;
}

function drifts(db: Kysely<Database>) {
  return db
    .selectFrom('calendar_drifts')
    .select([
      'calendar_drifts.id',
      'appointment_id as appointmentId',
      'booking_uid as bookingUid',
      'kind',
      'here',
      'there',
      'outcome',
      'times_seen as timesSeen',
      'told',
      'told_at as toldAt',
      'calendar_drifts.created_at as createdAt',
      'last_seen_at as lastSeenAt',
      'resolved_at as resolvedAt',
    ]);
}

export type DriftView = Awaited<ReturnType<ReturnType<typeof drifts>['executeTakeFirstOrThrow']>>;

/** What differed between a company's calendar and us, newest first. */
export function listDrifts(
  db: Kysely<Database>,
  filter: DriftFilter,
  page: PageRequest,
): Promise<Page<DriftView>> {
  const matching = drifts(db)
    .where('company_id', '=', filter.companyId)
    .$if(filter.kind !== undefined, (query) => query.where('kind', '=', filter.kind as DriftKind))
    .$if(filter.open === true, (query) => query.where('resolved_at', 'is', null))
    .$if(filter.open === false, (query) => query.where('resolved_at', 'is not', null));
  return listPage(matching, 'calendar_drifts', filter, page);
}

/** How much differs now, by kind. */
export async function countOpenDrifts(
  db: Kysely<Database>,
  companyId: string,
): Promise<Partial<Record<DriftKind, number>>> {
  const rows = await db
    .selectFrom('calendar_drifts')
    .where('company_id', '=', companyId)
    .where('resolved_at', 'is', null)
    .groupBy('kind')
    .select(['kind', (eb) => eb.fn.countAll<string>().as('count')])
    .execute();
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]));
}
