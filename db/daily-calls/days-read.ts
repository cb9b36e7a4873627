import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { CallEnding } from '../../shared/daily-calls/vocabulary.ts';
import { type CreatedRange, cutPage, type Page, type PageRequest, positionOf } from '../page.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';

export interface CallDayFilter extends CreatedRange {
  /** null: every company. */
  companyId: string | null;
  userId?: string | undefined;
  status?: 'open' | 'ended' | undefined;
  outcome?: CallEnding | undefined;
  date?: string | undefined;
}

const attempts = (db: Kysely<Database>) =>
  db
    .selectFrom('call_attempts')
    .leftJoin('script_variants', 'script_variants.id', 'call_attempts.variant_id')
    .select([
      'call_attempts.id',
      'call_attempts.user_id as userId',
      'call_attempts.local_date as localDate',
      'call_attempts.number',
      'call_attempts.provider',
      'call_attempts.provider_call_id as providerCallId',
      'script_variants.name as variant',
      'call_attempts.status',
      'call_attempts.ended_reason as endedReason',
      'call_attempts.planned_for as plannedFor',
      'call_attempts.dialled_at as dialledAt',
      'call_attempts.ended_at as endedAt',
      'call_attempts.duration_ms as durationMs',
      'call_attempts.analysis_status as analysisStatus',
      'call_attempts.sentiment',
      'call_attempts.mood',
      'call_attempts.created_at as createdAt',
    ]);

export type CallAttemptView = Awaited<ReturnType<ReturnType<typeof attempts>['executeTakeFirstOrThrow']>>;

const days = (db: Kysely<Database>) =>
  db
    .selectFrom('daily_calls')
    .innerJoin('companies', 'companies.id', 'daily_calls.company_id')
    .innerJoin('call_users', 'call_users.id', 'daily_calls.user_id')
    .select([
      'daily_calls.user_id as id',
      'companies.slug as company',
      'call_users.external_id as externalId',
      'daily_calls.local_date as localDate',
      'daily_calls.local_tz as timeZone',
      'daily_calls.due_at as dueAt',
      'daily_calls.status',
      'daily_calls.outcome',
      'daily_calls.reason',
      'daily_calls.ended_at as endedAt',
      'daily_calls.created_at as createdAt',
    ]);

type DayRow = Awaited<ReturnType<ReturnType<typeof days>['executeTakeFirstOrThrow']>>;
export type CallDayView = Omit<DayRow, 'id'> & { userId: string; attempts: CallAttemptView[] };

/** Local days with their attempts, newest first. */
export async function listCallDays(
  db: Kysely<Database>,
  filter: CallDayFilter,
  { limit, after }: PageRequest,
): Promise<Page<CallDayView>> {
  const { createdFrom, createdBefore } = filter;
  const rows = await days(db)
    .select(positionOf('daily_calls.created_at').as('position'))
    .where((eb) =>
      eb.and({
        ...(filter.companyId === null ? {} : { 'daily_calls.company_id': filter.companyId }),
        ...(filter.userId ? { 'daily_calls.user_id': filter.userId } : {}),
        ...(filter.status ? { 'daily_calls.status': filter.status } : {}),
        ...(filter.outcome ? { 'daily_calls.outcome': filter.outcome } : {}),
        ...(filter.date ? { 'daily_calls.local_date': filter.date } : {}),
      }),
    )
    .$if(createdFrom !== undefined, (query) =>
      query.where('daily_calls.created_at', '>=', createdFrom as Date),
    )
    .$if(createdBefore !== undefined, (query) =>
      query.where('daily_calls.created_at', '<', createdBefore as Date),
    )
    .$if(after !== null, (query) =>
      query.where(
        sql<SqlBool>`(daily_calls.created_at, daily_calls.user_id) < (${after?.createdAt}::timestamptz, ${after?.id}::uuid)`,
      ),
    )
    .orderBy('daily_calls.created_at', 'desc')
    .orderBy('daily_calls.user_id', 'desc')
    .limit(limit + 1)
    .execute();
  const { items, next } = cutPage(rows, limit);
  const made = await attemptsOfDays(db, items);
  return {
    next,
    items: items.map(({ id: userId, ...day }) => ({
      userId,
      ...day,
      attempts: made.filter((one) => one.userId === userId && one.localDate === day.localDate),
    })),
  };
}

async function attemptsOfDays(
  db: Kysely<Database>,
  wanted: { id: string; localDate: string }[],
): Promise<CallAttemptView[]> {
  if (wanted.length === 0) return [];
  return attempts(db)
    .where(
      sql<SqlBool>`(call_attempts.user_id, call_attempts.local_date) IN (
        SELECT * FROM unnest(${wanted.map(({ id }) => id)}::uuid[], ${wanted.map(({ localDate }) => localDate)}::date[]))`,
    )
    .orderBy('call_attempts.number')
    .execute();
}

/** One attempt with what was said in it and what was sent about it; undefined outside `companyId` (null: any). */
export async function findCallAttempt(
  db: Kysely<Database>,
  vault: Vault,
  companyId: string | null,
  id: string,
) {
  const row = await attempts(db)
    .innerJoin('companies', 'companies.id', 'call_attempts.company_id')
    .innerJoin('call_users', 'call_users.id', 'call_attempts.user_id')
    .leftJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .select([
      'companies.slug as company',
      'person_keys.wrapped_key',
      'call_attempts.transcript_sealed',
      'call_attempts.recording_url_sealed',
      'call_attempts.analysis_sealed',
    ])
    .where('call_attempts.id', '=', id)
    .$if(companyId !== null, (query) => query.where('call_attempts.company_id', '=', companyId as string))
    .executeTakeFirst();
  if (!row) return undefined;
  const { wrapped_key, transcript_sealed, recording_url_sealed, analysis_sealed, ...attempt } = row;
  const open = openerOf(vault, wrapped_key);
  const analysis = open('call_attempts.analysis', analysis_sealed);
  const notices = await db
    .selectFrom('call_notices')
    .where('attempt_id', '=', id)
    .select(['channel', 'status', 'reason', 'sent_at as sentAt'])
    .orderBy('channel')
    .execute();
  return {
    ...attempt,
    transcript: open('call_attempts.transcript', transcript_sealed),
    recordingUrl: open('call_attempts.recording_url', recording_url_sealed),
    analysis: analysis === null ? null : (JSON.parse(analysis) as unknown),
    notices,
  };
}
