import type { Kysely, Selectable } from 'kysely';
import type { CallEnding } from '../../shared/daily-calls/vocabulary.ts';
import type { CallAttemptsTable, DailyCallsTable } from '../tables/daily-calls.ts';
import type { Database } from '../tables/database.ts';
import { type Stop, stopOfUser } from './stop.ts';
import type { CallUserRow } from './users.ts';

export type DayRow = Selectable<DailyCallsTable>;
export type AttemptRow = Selectable<CallAttemptsTable>;

/** A user's local day with all that decides what comes next. */
export interface Day {
  day: DayRow;
  user: CallUserRow;
  attempts: AttemptRow[];
  /** Why no call may be made now, beside the hours; null: it may. */
  stop: Stop | null;
}

/** Reads a day and, in a transaction, keeps others from deciding about it meanwhile. */
export async function readDay(
  db: Kysely<Database>,
  userId: string,
  localDate: string,
  lock: boolean,
): Promise<Day | undefined> {
  const day = await db
    .selectFrom('daily_calls')
    .where('user_id', '=', userId)
    .where('local_date', '=', localDate)
    .selectAll()
    .$if(lock, (query) => query.forUpdate())
    .executeTakeFirst();
  if (!day) return undefined;
  const { stopped, ...user } = await db
    .selectFrom('call_users')
    .where('id', '=', userId)
    .selectAll()
    .select(stopOfUser.as('stopped'))
    .executeTakeFirstOrThrow();
  const attempts = await attemptsOf(db, userId, localDate);
  return {
    day,
    user,
    attempts,
    stop: stopped && { reason: stopped, forGood: stopped !== 'paused' },
  };
}

export function attemptsOf(db: Kysely<Database>, userId: string, localDate: string): Promise<AttemptRow[]> {
  return db
    .selectFrom('call_attempts')
    .where('user_id', '=', userId)
    .where('local_date', '=', localDate)
    .selectAll()
    .orderBy('number')
    .execute();
}

export async function putOff(db: Kysely<Database>, day: DayRow, dueAt: Date): Promise<void> {
  if (day.due_at.getTime() === dueAt.getTime()) return;
  await db
    .updateTable('daily_calls')
    .set({ due_at: dueAt, updated_at: new Date() })
    .where('user_id', '=', day.user_id)
    .where('local_date', '=', day.local_date)
    .execute();
}

/** Ends a day, or corrects how it ended when a report came late. */
export async function endDay(
  db: Kysely<Database>,
  day: DayRow,
  outcome: CallEnding,
  reason: string | null,
): Promise<void> {
  if (day.status === 'ended' && day.outcome === outcome) return;
  await db
    .updateTable('daily_calls')
    .set({ status: 'ended', outcome, reason, ended_at: day.ended_at ?? new Date(), updated_at: new Date() })
    .where('user_id', '=', day.user_id)
    .where('local_date', '=', day.local_date)
    .execute();
}

/** The next attempt of a day. A repeat finds the one that is planned. */
export async function planAttempt(
  db: Kysely<Database>,
  day: DayRow,
  number: number,
  attempt: Pick<AttemptRow, 'provider' | 'variant_id'>,
): Promise<string> {
  const { id } = await db
    .insertInto('call_attempts')
    .values({
      user_id: day.user_id,
      local_date: day.local_date,
      number,
      company_id: day.company_id,
      planned_for: day.due_at,
      ...attempt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
