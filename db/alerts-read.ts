import { type Kysely, sql } from 'kysely';
import type { AlertKind } from '../shared/alerts.ts';
import { type CreatedRange, listPage, type Page, type PageRequest } from './page.ts';
import type { Database } from './tables/database.ts';

export interface AlertFilter extends CreatedRange {
  /** null: every company, and what concerns all of them. */
  companyId: string | null;
  kind?: AlertKind | undefined;
  standing?: boolean | undefined;
}

function alertsOfCompanies(db: Kysely<Database>) {
  return db
    .selectFrom('alerts')
    .leftJoin('companies', 'companies.id', 'alerts.company_id')
    .select([
      'alerts.id',
      'companies.slug as company',
      'alerts.kind',
      'alerts.entity',
      'alerts.detail',
      'alerts.times_seen as timesSeen',
      'alerts.created_at as createdAt',
      'alerts.last_seen_at as lastSeenAt',
      'alerts.cleared_at as clearedAt',
    ]);
}

export type AlertView = Awaited<ReturnType<ReturnType<typeof alertsOfCompanies>['executeTakeFirstOrThrow']>>;

/** How many alerts of each kind stand. */
export async function countStandingAlerts(db: Kysely<Database>): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('alerts')
    .where('cleared_at', 'is', null)
    .groupBy('kind')
    .select(['kind', sql<number>`count(*)::integer`.as('standing')])
    .execute();
  return new Map(rows.map(({ kind, standing }) => [kind, standing]));
}

/** Alerts, newest first. */
export function listAlerts(
  db: Kysely<Database>,
  filter: AlertFilter,
  page: PageRequest,
): Promise<Page<AlertView>> {
  const matching = alertsOfCompanies(db)
    .where((eb) =>
      eb.and({
        ...(filter.companyId === null ? {} : { 'alerts.company_id': filter.companyId }),
        ...(filter.kind ? { 'alerts.kind': filter.kind } : {}),
      }),
    )
    .$if(filter.standing === true, (query) => query.where('alerts.cleared_at', 'is', null))
    .$if(filter.standing === false, (query) => query.where('alerts.cleared_at', 'is not', null));
  return listPage(matching, 'alerts', filter, page);
}
