import { type Kysely, type RawBuilder, sql } from 'kysely';
import { localDate } from '../../shared/time.ts';
import { listPage, type Page, type PageRequest } from '../page.ts';
import type { Database } from '../tables/database.ts';
import { beginsNoDays } from './stop.ts';

/** How the daily calls of a company (or of all) stand now. */
export interface QueueCounts {
  /** Days with an attempt under way. */
  active: number;
  /** Open days between attempts, or before the first. */
  waiting: number;
  /** Days of today, by the clock of the person called, that ended without anybody reached. */
  failed: number;
  /** Days of today with a conversation, or a voicemail that counts as one. */
  completed: number;
}

interface OpenDays {
  company_id: string;
  active: number;
  waiting: number;
  oldest: Date | null;
}

const reached = ['completed', 'voicemail'];
const missed = ['not-reached', 'unreported', 'window-over'];
/** Longer than any day that is still today somewhere. */
const TODAY_SOMEWHERE_MS = 72 * 3_600_000;
/** Whoever is due for so long should have been swept, and whatever is due for so long should have been dialled. */
const LATE_MS = 5 * 60_000;

const inCompanies = (column: string, companyIds: string[] | null): RawBuilder<boolean> =>
  companyIds === null ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} = ANY (${companyIds}::uuid[])`;

async function openDays(db: Kysely<Database>, companyIds: string[] | null): Promise<OpenDays[]> {
  const { rows } = await sql<OpenDays>`
    SELECT company_id, (count(*) FILTER (WHERE under_way))::int AS active,
      (count(*) FILTER (WHERE NOT under_way))::int AS waiting, min(due_at) FILTER (WHERE NOT under_way) AS oldest
    FROM (
      SELECT d.company_id, d.due_at, EXISTS (
        SELECT FROM call_attempts a WHERE a.user_id = d.user_id AND a.local_date = d.local_date
          AND a.status IN ('planned', 'dialled', 'ringing', 'in-progress')) AS under_way
      FROM daily_calls d WHERE d.status = 'open' AND ${inCompanies('d.company_id', companyIds)}
    ) open GROUP BY company_id`.execute(db);
  return rows;
}

/** Ended days of today by company, each by the clock of the person called. */
async function endedToday(db: Kysely<Database>, companyIds: string[] | null, now: Date) {
  const { rows } = await sql<{
    company_id: string;
    local_tz: string;
    local_date: string;
    outcome: string;
    days: number;
  }>`
    SELECT company_id, local_tz, local_date, outcome, count(*)::int AS days FROM daily_calls
    WHERE status = 'ended' AND created_at > ${new Date(now.getTime() - TODAY_SOMEWHERE_MS)}
      AND ${inCompanies('company_id', companyIds)}
    GROUP BY company_id, local_tz, local_date, outcome`.execute(db);
  return rows.filter((row) => row.local_date === localDate(now, row.local_tz));
}

/** The counts over a company, or (null) over all. */
export async function countQueue(
  db: Kysely<Database>,
  companyId: string | null,
  now: Date,
): Promise<QueueCounts> {
  const companyIds = companyId === null ? null : [companyId];
  const [open, ended] = await Promise.all([openDays(db, companyIds), endedToday(db, companyIds, now)]);
  return {
    active: sum(open.map((row) => row.active)),
    waiting: sum(open.map((row) => row.waiting)),
    failed: sum(ended.filter(({ outcome }) => missed.includes(outcome)).map(({ days }) => days)),
    completed: sum(ended.filter(({ outcome }) => reached.includes(outcome)).map(({ days }) => days)),
  };
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/**
 * `paused`: on purpose, or the company is closed or without a subscription; `late`: somebody has been due for minutes and
 * nobody started it.
 */
export async function queueHealth(
  db: Kysely<Database>,
  companyId: string | null,
  now: Date,
): Promise<'healthy' | 'late' | 'paused'> {
  const late = new Date(now.getTime() - LATE_MS);
  const companyIds = companyId === null ? null : [companyId];
  const { rows } = await sql<{ paused: boolean; late: boolean }>`
    SELECT EXISTS (SELECT FROM call_pauses WHERE company_id IS NULL OR company_id = ${companyId})
      OR EXISTS (SELECT FROM companies WHERE id = ${companyId} AND ${beginsNoDays}) AS paused,
      EXISTS (SELECT FROM daily_calls WHERE handed_over_at IS NULL AND status = 'open' AND created_at < ${late}
        AND ${inCompanies('company_id', companyIds)})
      OR EXISTS (SELECT FROM call_users u WHERE u.next_call_at < ${late} AND ${inCompanies('u.company_id', companyIds)}
        AND NOT EXISTS (SELECT FROM call_pauses p WHERE p.company_id = u.company_id)
        AND NOT EXISTS (SELECT FROM companies WHERE id = u.company_id AND ${beginsNoDays})) AS late`.execute(
    db,
  );
  const [found] = rows;
  if (found?.paused) return 'paused';
  return found?.late ? 'late' : 'healthy';
}

export interface CompanyQueue extends QueueCounts {
  id: string;
  company: string;
  paused: boolean;
  /** Its subscription is over: no new day begins. */
  suspended: boolean;
  oldestWaitingDueAt: Date | null;
  nextDueAt: Date | null;
  /** People who wait for a place on the line. */
  inLine: number;
}

/** The queue of each company, newest company first. */
export async function listCompanyQueues(
  db: Kysely<Database>,
  { line, companyId, now }: { line: string; companyId: string | null; now: Date },
  page: PageRequest,
): Promise<Page<CompanyQueue>> {
  const companies = db
    .selectFrom('companies')
    .$if(companyId !== null, (query) => query.where('companies.id', '=', companyId as string))
    .select(['companies.id', 'companies.slug as company'])
    .select([
      sql<boolean>`companies.suspended_at IS NOT NULL`.as('suspended'),
      sql<boolean>`EXISTS (SELECT FROM call_pauses p WHERE p.company_id IS NULL OR p.company_id = companies.id)`.as(
        'paused',
      ),
      sql<Date | null>`(SELECT u.next_call_at FROM call_users u WHERE u.company_id = companies.id
        AND u.next_call_at IS NOT NULL ORDER BY u.next_call_at LIMIT 1)`.as('nextDueAt'),
      sql<number>`(SELECT count(*)::int FROM place_queue q WHERE q.scope = ${line} AND q.group_key = companies.id::text)`.as(
        'inLine',
      ),
    ]);
  const { items, next } = await listPage(companies, 'companies', {}, page);
  const ids = items.map(({ id }) => id);
  const [open, ended] = await Promise.all([openDays(db, ids), endedToday(db, ids, now)]);
  const endedOf = (id: string, outcomes: string[]) =>
    sum(
      ended.filter((row) => row.company_id === id && outcomes.includes(row.outcome)).map(({ days }) => days),
    );
  return {
    next,
    items: items.map((company) => {
      const days = open.find(({ company_id }) => company_id === company.id);
      return {
        ...company,
        active: days?.active ?? 0,
        waiting: days?.waiting ?? 0,
        failed: endedOf(company.id, missed),
        completed: endedOf(company.id, reached),
        oldestWaitingDueAt: days?.oldest ?? null,
      };
    }),
  };
}
