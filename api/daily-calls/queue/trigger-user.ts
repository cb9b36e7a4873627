import type { DueDay } from '../../../db/daily-calls/sweep.ts';
import { bringForward, findLatestDay, findStop, planCallNow } from '../../../db/daily-calls/trigger.ts';
import { lockCallUser } from '../../../db/daily-calls/user-changes.ts';
import { preferencesOf } from '../../../db/daily-calls/users.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import { mayLeaveAt, nextLeavingOnDay } from '../../../shared/daily-calls/leaving.ts';
import { MIN_GAP_MS } from '../../../shared/daily-calls/plan.ts';
import { localDate } from '../../../shared/time.ts';
import type { ApiDeps } from '../../deps.ts';
import { notFound } from '../../http-problem.ts';
import { fileDayNews } from '../day-news.ts';
import { type Actor, planAt } from '../users/change-user.ts';
import { localMoment } from '../users/local-moment.ts';

export type UserTrigger =
  | { refused: { reason: string; detail: string } }
  /** `opened`: the day was open already and was brought forward; otherwise it is to be claimed. */
  | { day: DueDay; opened: boolean; events: InboxEvent[] };

const refuse = (reason: string, detail: string): UserTrigger => ({ refused: { reason, detail } });

/**
 * Plans a user's call of today for this moment, if it is allowed now and today has had none. The weekdays do not
 * count: somebody wishes this call. `dryRun` only looks.
 */
export async function planUserNow(
  deps: ApiDeps,
  userId: string,
  dryRun: boolean,
  { caller, context }: Actor,
): Promise<UserTrigger> {
  return deps.db.transaction().execute(async (trx): Promise<UserTrigger> => {
    const user = await lockCallUser(trx, caller.companyId, userId);
    if (!user) throw notFound('user');
    const { now, legal } = planAt(deps);
    const prefs = preferencesOf(user);
    const today = localDate(now, prefs.timeZone);
    const stop = await findStop(trx, userId);
    if (stop) return refuse(stop, stopTexts[stop] ?? `The user may not be called: ${stop}.`);

    const latest = await findLatestDay(trx, userId);
    const isOpen = latest?.status === 'open' && latest.local_date === today && Number(latest.attempts) === 0;
    if (latest && latest.local_date >= today && !isOpen) {
      return latest.status === 'open'
        ? refuse('under-way', `The call of ${latest.local_date} is under way.`)
        : refuse('called-already', `The day ${latest.local_date} has ended: ${latest.outcome}.`);
    }
    if (!mayLeaveAt(prefs, legal, now, today)) {
      const next = nextLeavingOnDay(prefs, legal, now, today);
      const when = next ? `From ${localMoment(next, prefs.timeZone)} on it is.` : 'No hour of today is left.';
      return refuse('outside-hours', `No call is allowed at this hour of the user's day. ${when}`);
    }
    const dialledAt = latest?.lastDialledAt;
    if (dialledAt && now.getTime() < dialledAt.getTime() + MIN_GAP_MS) {
      return refuse('too-soon', `The last call was at ${dialledAt.toISOString()}, less than 6 hours ago.`);
    }
    const day = { userId, companyId: user.company_id, localDate: today, dueAt: now.toISOString() };
    if (dryRun) return { day, opened: isOpen, events: [] };
    if (!isOpen) {
      await planCallNow(trx, userId, now, today);
      return { day, opened: false, events: [] };
    }
    await bringForward(trx, userId, today, now);
    const { dueAt: _, ...changed } = day;
    return { day, opened: true, events: await fileDayNews(deps, trx, [changed], context) };
  });
}

const stopTexts: Record<string, string> = {
  deleted: 'The user is deleted.',
  disabled: 'Calls are disabled for this user.',
  'no-consent': 'The user has not consented to calls.',
  'do-not-call': "The user's number is on the do-not-call list.",
  'no-number': 'The user has no phone number.',
  'no-subscription': "The company's subscription is over: no new calls.",
  paused: 'The calls are paused: for the user, the company, or everybody.',
};
