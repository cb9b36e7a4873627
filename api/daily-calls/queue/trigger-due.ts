import { claimDueUsers, type DueDay, markHandedOver } from '../../../db/daily-calls/sweep.ts';
import { countNotDue, type DueUser, findDueUsers } from '../../../db/daily-calls/trigger.ts';
import { preferencesOf } from '../../../db/daily-calls/users.ts';
import { windowEndOf } from '../../../shared/daily-calls/allowed.ts';
import type { ApiDeps } from '../../deps.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { fileDayNews, offerDayNews } from '../day-news.ts';
import { planAt } from '../users/change-user.ts';

/** Users that one request takes; whoever is left is due in the next one, and in the sweep. */
const MAX_USERS = 500;

export interface Triggered {
  days: DueDay[];
  more: boolean;
  notCalled: { reason: string; count: number }[];
}

/** As far ahead as the sweep looks. */
const horizon = ({ clock, env }: Pick<ApiDeps, 'clock' | 'env'>) =>
  new Date(clock().getTime() + env.DAILY_CALLS_LOOKAHEAD_MS);

/** Who would be called if everybody due were handed over now, and why the others would not. */
export async function lookAtDue(deps: ApiDeps, companyId: string | null): Promise<Triggered> {
  const { db } = deps;
  const users = await findDueUsers(db, companyId, horizon(deps), MAX_USERS + 1);
  const reasons = new Map(
    (await countNotDue(db, companyId, horizon(deps))).map((each) => [each.reason, each.count]),
  );
  const days: DueDay[] = [];
  for (const user of users.slice(0, MAX_USERS)) {
    const reason = user.stopped ?? (isOver(deps, user) ? 'window-over' : null);
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    else days.push(dayOf(user));
  }
  const notCalled = [...reasons].map(([reason, count]) => ({ reason, count }));
  return { days, more: users.length > MAX_USERS, notCalled };
}

/** Claims everybody who is due, as the sweep does, and starts their runs, each asleep until its moment. */
export async function triggerDue(
  deps: ApiDeps,
  companyId: string | null,
  context: RequestContext,
): Promise<Triggered> {
  const users = await findDueUsers(deps.db, companyId, horizon(deps), MAX_USERS + 1);
  const days: DueDay[] = [];
  for (const { id, stopped } of users.slice(0, MAX_USERS)) {
    // Some users are left for later; other reasons are for the run to write down.
    if (stopped !== 'paused' && stopped !== 'no-subscription')
      days.push(...(await claimUser(deps, id, deps.env.DAILY_CALLS_LOOKAHEAD_MS)));
  }
  await startDays(deps, days, context);
  return { days, more: users.length > MAX_USERS, notCalled: [] };
}

/** Claims one user whose moment has come. */
export async function claimUser(deps: ApiDeps, userId: string, lookaheadMs: number): Promise<DueDay[]> {
  const { days } = await claimDueUsers(deps.db, { ...planAt(deps), lookaheadMs, limit: 1, userId });
  return days;
}

/** Has claimed days started through the inbox. Dying before it leaves them to the sweep, which finds forgotten days. */
export async function startDays(deps: ApiDeps, days: DueDay[], context: RequestContext): Promise<void> {
  const events = await deps.db.transaction().execute(async (trx) => {
    await markHandedOver(trx, days);
    return fileDayNews(deps, trx, days, context);
  });
  offerDayNews(deps, events);
}

const dayOf = (user: DueUser): DueDay => ({
  userId: user.id,
  companyId: user.company_id,
  localDate: user.next_call_date ?? '',
  dueAt: user.next_call_at?.toISOString() ?? '',
});

function isOver(deps: ApiDeps, user: DueUser): boolean {
  const { now, legal } = planAt(deps);
  const end = windowEndOf(preferencesOf(user), legal, user.next_call_date ?? '');
  return end === null || end < now;
}
