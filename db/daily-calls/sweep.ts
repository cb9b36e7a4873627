import { type Kysely, sql } from 'kysely';
import { windowEndOf } from '../../shared/daily-calls/allowed.ts';
import { nextCall } from '../../shared/daily-calls/plan.ts';
import type { LegalHours } from '../../shared/daily-calls/preferences.ts';
import type { Database } from '../tables/database.ts';
import { beginsNoDays } from './stop.ts';
import { type CallUserRow, preferenceColumns, preferencesOf } from './users.ts';

/** A user's local day whose run is to be started. */
export interface DueDay {
  userId: string;
  companyId: string;
  localDate: string;
  /** ISO 8601, UTC. */
  dueAt: string;
}

export interface Claim {
  now: Date;
  /** Days that are due within this are claimed ahead of time. */
  lookaheadMs: number;
  legal: LegalHours;
  limit: number;
  /** Only this user. */
  userId?: string;
}

const DAY_MS = 86_400_000;

const claimColumns = ['id', 'company_id', 'next_call_at', 'next_call_date', ...preferenceColumns] as const;
type DueUser = Pick<CallUserRow, (typeof claimColumns)[number]>;

/**
 * Claims users who are due: each gets the row of the local day and, in the same transaction, the next moment. Two
 * sweeps at once take different users; a day that has a row is not opened again. A day whose hours are over
 * (nobody swept) is written down as such and not called. Companies that are paused, closed or without a subscription are
 * left alone.
 */
export async function claimDueUsers(
  db: Kysely<Database>,
  claim: Claim,
): Promise<{ claimed: number; days: DueDay[] }> {
  return db.transaction().execute(async (trx) => {
    const users = await dueUsers(trx, claim);
    if (users.length === 0) return { claimed: 0, days: [] };
    const opened = users.map((user) => ({ user, over: isOver(user, claim) }));
    const { rows } = await sql<{
      user_id: string;
      company_id: string;
      local_date: string;
      due_at: Date;
      status: 'open' | 'ended';
    }>`
      INSERT INTO daily_calls (user_id, company_id, local_date, local_tz, due_at, status, outcome, reason, handed_over_at, ended_at)
      SELECT user_id, company_id, local_date, local_tz, due_at, CASE WHEN over THEN 'ended' ELSE 'open' END, CASE WHEN over THEN 'window-over' END,
        CASE WHEN over THEN 'nobody swept in time' END, CASE WHEN over THEN now() END, CASE WHEN over THEN now() END
      FROM unnest(${opened.map(({ user }) => user.id)}::uuid[], ${opened.map(({ user }) => user.company_id)}::uuid[],
        ${opened.map(({ user }) => user.next_call_date)}::date[], ${opened.map(({ user }) => user.local_tz)}::text[],
        ${opened.map(({ user }) => user.next_call_at)}::timestamptz[], ${opened.map(({ over }) => over)}::boolean[])
        AS due (user_id, company_id, local_date, local_tz, due_at, over)
      ON CONFLICT (user_id, local_date) DO NOTHING
      RETURNING user_id, company_id, local_date, due_at, status`.execute(trx);
    await moveOn(trx, users, claim);
    const days = rows
      .filter(({ status }) => status === 'open')
      .map((row) => ({
        userId: row.user_id,
        companyId: row.company_id,
        localDate: row.local_date,
        dueAt: row.due_at.toISOString(),
      }));
    return { claimed: users.length, days };
  });
}

function dueUsers(trx: Kysely<Database>, { now, lookaheadMs, limit, userId }: Claim): Promise<DueUser[]> {
  return trx
    .selectFrom('call_users')
    .where('next_call_at', '<=', new Date(now.getTime() + lookaheadMs))
    .$if(userId !== undefined, (query) => query.where('id', '=', userId!))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('call_pauses')
            .where(({ or, eb }) =>
              or([
                eb('call_pauses.company_id', 'is', null),
                eb('call_pauses.company_id', '=', eb.ref('call_users.company_id')),
              ]),
            )
            .select('call_pauses.reason'),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('companies')
            .whereRef('companies.id', '=', 'call_users.company_id')
            .where(beginsNoDays)
            .select('companies.id'),
        ),
      ),
    )
    .select(claimColumns)
    .orderBy('next_call_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

function isOver(user: DueUser, { now, legal }: Claim): boolean {
  const end = windowEndOf(preferencesOf(user), legal, user.next_call_date!);
  return end === null || end < now;
}

/**
 * The moment after the one that is claimed. Whoever was left alone for longer than a day goes on from there: what was
 * not called then is not written down day by day.
 */
async function moveOn(trx: Kysely<Database>, users: DueUser[], { now, legal }: Claim): Promise<void> {
  const aDayAgo = now.getTime() - DAY_MS;
  const next = users.map((user) =>
    nextCall(preferencesOf(user), legal, {
      after: new Date(Math.max(user.next_call_at!.getTime(), aDayAgo)),
      lastDate: user.next_call_date,
      lastDialledAt: user.next_call_at,
    }),
  );
  await sql`
    UPDATE call_users u SET next_call_at = n.at, next_call_date = n.local_date, plan_problem = n.problem
    FROM unnest(${users.map(({ id }) => id)}::uuid[], ${next.map((one) => ('at' in one ? one.at : null))}::timestamptz[],
      ${next.map((one) => ('at' in one ? one.localDate : null))}::date[],
      ${next.map((one) => ('none' in one ? one.none.problem : null))}::text[]) AS n (id, at, local_date, problem)
    WHERE u.id = n.id`.execute(trx);
}

/** Days whose claim was committed but whose run nobody has started (the sweep died in between). */
export async function findForgottenDays(
  db: Kysely<Database>,
  claimedBefore: Date,
  limit: number,
): Promise<DueDay[]> {
  const rows = await db
    .selectFrom('daily_calls')
    .where('handed_over_at', 'is', null)
    .where('created_at', '<', claimedBefore)
    .select(['user_id', 'company_id', 'local_date', 'due_at'])
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    userId: row.user_id,
    companyId: row.company_id,
    localDate: row.local_date,
    dueAt: row.due_at.toISOString(),
  }));
}

export async function markHandedOver(db: Kysely<Database>, days: DueDay[]): Promise<void> {
  if (days.length === 0) return;
  await sql`
    UPDATE daily_calls d SET handed_over_at = now()
    FROM unnest(${days.map(({ userId }) => userId)}::uuid[], ${days.map(({ localDate }) => localDate)}::date[]) AS n (user_id, local_date)
    WHERE d.user_id = n.user_id AND d.local_date = n.local_date`.execute(db);
}
