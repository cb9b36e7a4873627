import type { Kysely, Selectable } from 'kysely';
import { momentOf, nextCall } from '../../shared/daily-calls/plan.ts';
import type { CallPreferences, LegalHours } from '../../shared/daily-calls/preferences.ts';
import type { CallUsersTable } from '../tables/daily-calls.ts';
import type { Database } from '../tables/database.ts';

export type CallUserRow = Selectable<CallUsersTable>;

/** The columns that `preferencesOf` reads. */
export const preferenceColumns = [
  'call_enabled',
  'call_time',
  'local_tz',
  'weekdays',
  'window_from',
  'window_to',
  'quiet_from',
  'quiet_to',
  'gap',
  'overlap',
  'max_attempts',
  'retry_delays',
] as const;

/** A user's preferences as the plan understands them. */
export function preferencesOf(row: Pick<CallUserRow, (typeof preferenceColumns)[number]>): CallPreferences {
  return {
    callEnabled: row.call_enabled,
    callTime: row.call_time,
    timeZone: row.local_tz,
    weekdays: row.weekdays,
    windowFrom: row.window_from,
    windowTo: row.window_to,
    quietFrom: row.quiet_from,
    quietTo: row.quiet_to,
    gap: row.gap,
    overlap: row.overlap,
    maxAttempts: row.max_attempts,
    retryDelays: row.retry_delays,
  };
}

/**
 * Computes a user's next call anew after any change that moves the plan; call it in the transaction of the change. A
 * day that is open and has no attempt yet is taken back and planned again, unless it was due and is due still; a day
 * with an attempt stays. Returns the local days whose runs have to be told.
 */
export async function replanUser(
  trx: Kysely<Database>,
  userId: string,
  now: Date,
  legal: LegalHours,
): Promise<string[]> {
  const user = await trx
    .selectFrom('call_users')
    .where('id', '=', userId)
    .selectAll()
    .forUpdate()
    .executeTakeFirst();
  if (!user) return [];
  const prefs = preferencesOf(user);
  const open = await trx
    .selectFrom('daily_calls')
    .where('user_id', '=', userId)
    .where('status', '=', 'open')
    .select(['local_date', 'due_at'])
    .forUpdate()
    .execute();
  const stillDue = ({ local_date, due_at }: (typeof open)[number]) => {
    if (user.deleted_at || !user.call_enabled || due_at > now) return false;
    const moment = momentOf(prefs, legal, local_date);
    return 'at' in moment && moment.at <= now;
  };
  const takenBack = open.filter((day) => !stillDue(day)).map(({ local_date }) => local_date);
  if (takenBack.length > 0) await takeBack(trx, userId, takenBack);
  const last = await trx
    .selectFrom('daily_calls')
    .leftJoin('call_attempts', (join) =>
      join
        .onRef('call_attempts.user_id', '=', 'daily_calls.user_id')
        .onRef('call_attempts.local_date', '=', 'daily_calls.local_date'),
    )
    .where('daily_calls.user_id', '=', userId)
    .select(({ fn }) => [
      fn.max('daily_calls.local_date').as('local_date'),
      fn.max('call_attempts.dialled_at').as('dialled_at'),
    ])
    .executeTakeFirst();
  const gone = user.deleted_at !== null;
  const next = gone
    ? { none: { field: 'user', problem: 'The user is deleted.' } }
    : nextCall(prefs, legal, {
        after: now,
        lastDate: last?.local_date ?? null,
        lastDialledAt: last?.dialled_at ?? null,
      });
  await trx
    .updateTable('call_users')
    .set(
      'none' in next
        ? { next_call_at: null, next_call_date: null, plan_problem: next.none.problem, updated_at: now }
        : { next_call_at: next.at, next_call_date: next.localDate, plan_problem: null, updated_at: now },
    )
    .where('id', '=', userId)
    .execute();
  return open.map(({ local_date }) => local_date);
}

/** Deletes open days that no attempt was made for. */
async function takeBack(trx: Kysely<Database>, userId: string, localDates: string[]): Promise<void> {
  await trx
    .deleteFrom('daily_calls')
    .where('user_id', '=', userId)
    .where('local_date', 'in', localDates)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('call_attempts')
            .whereRef('call_attempts.user_id', '=', 'daily_calls.user_id')
            .whereRef('call_attempts.local_date', '=', 'daily_calls.local_date')
            .select('call_attempts.id'),
        ),
      ),
    )
    .execute();
}
