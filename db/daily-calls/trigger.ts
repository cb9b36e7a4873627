import { type Kysely, sql } from 'kysely';
import type { Database } from '../tables/database.ts';
import { stopOfNewDay } from './stop.ts';
import { type CallUserRow, preferenceColumns } from './users.ts';

const dueColumns = [
  'call_users.id',
  'call_users.company_id',
  'call_users.next_call_at',
  'call_users.next_call_date',
  ...preferenceColumns.map((column) => `call_users.${column}` as const),
] as const;

/** A user whose moment has come, and what stands against calling (null: nothing). */
export type DueUser = Pick<
  CallUserRow,
  'id' | 'company_id' | 'next_call_at' | 'next_call_date' | (typeof preferenceColumns)[number]
> & { stopped: string | null };

/** Users of a company (null: of all) whose moment is before `until`, the earliest first. */
export function findDueUsers(
  db: Kysely<Database>,
  companyId: string | null,
  until: Date,
  limit: number,
): Promise<DueUser[]> {
  return db
    .selectFrom('call_users')
    .where('call_users.next_call_at', '<=', until)
    .$if(companyId !== null, (query) => query.where('call_users.company_id', '=', companyId as string))
    .select(dueColumns)
    .select(stopOfNewDay.as('stopped'))
    .orderBy('call_users.next_call_at')
    .limit(limit)
    .execute();
}

/** Why the users of a company (null: of all) who are not due are not called, each by the first reason. */
export async function countNotDue(
  db: Kysely<Database>,
  companyId: string | null,
  until: Date,
): Promise<{ reason: string; count: number }[]> {
  return db
    .selectFrom('call_users')
    .where('call_users.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([eb('call_users.next_call_at', 'is', null), eb('call_users.next_call_at', '>', until)]),
    )
    .$if(companyId !== null, (query) => query.where('call_users.company_id', '=', companyId as string))
    .select([
      sql<string>`coalesce(${stopOfNewDay}, CASE WHEN call_users.next_call_at IS NULL THEN 'no-moment' ELSE 'not-due' END)`.as(
        'reason',
      ),
      sql<number>`count(*)::int`.as('count'),
    ])
    .groupBy('reason')
    .orderBy('reason')
    .execute();
}

/** Why no new day of a user may begin, beside the hours; null: nothing. */
export async function findStop(db: Kysely<Database>, userId: string): Promise<string | null> {
  const { stopped } = await db
    .selectFrom('call_users')
    .where('id', '=', userId)
    .select(stopOfNewDay.as('stopped'))
    .executeTakeFirstOrThrow();
  return stopped;
}

/** The latest local day that a user has had, with how it stands and when somebody was last dialled. */
export async function findLatestDay(db: Kysely<Database>, userId: string) {
  return db
    .selectFrom('daily_calls')
    .where('daily_calls.user_id', '=', userId)
    .select(['local_date', 'status', 'outcome', 'due_at'])
    .select((eb) => [
      eb
        .selectFrom('call_attempts')
        .whereRef('call_attempts.user_id', '=', 'daily_calls.user_id')
        .whereRef('call_attempts.local_date', '=', 'daily_calls.local_date')
        .select((inner) => inner.fn.countAll<number>().as('made'))
        .as('attempts'),
      eb
        .selectFrom('call_attempts')
        .where('call_attempts.user_id', '=', userId)
        .select((inner) => inner.fn.max('call_attempts.dialled_at').as('at'))
        .as('lastDialledAt'),
    ])
    .orderBy('local_date', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Moves a user's next call to this moment of this local day. */
export async function planCallNow(
  trx: Kysely<Database>,
  userId: string,
  now: Date,
  localDate: string,
): Promise<void> {
  await trx
    .updateTable('call_users')
    .set({ next_call_at: now, next_call_date: localDate, plan_problem: null, updated_at: now })
    .where('id', '=', userId)
    .execute();
}

/** Brings an open day forward to this moment. */
export async function bringForward(
  trx: Kysely<Database>,
  userId: string,
  localDate: string,
  now: Date,
): Promise<void> {
  await trx
    .updateTable('daily_calls')
    .set({ due_at: now, updated_at: now })
    .where('user_id', '=', userId)
    .where('local_date', '=', localDate)
    .where('status', '=', 'open')
    .execute();
}
