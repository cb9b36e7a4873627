import {
  type AttemptRow,
  type Day,
  endDay,
  planAttempt,
  putOff,
  readDay,
} from '../../../db/daily-calls/days.ts';
import { endAttempt, hasEnded } from '../../../db/daily-calls/reports.ts';
import { variantOf } from '../../../db/daily-calls/script-variants.ts';
import { preferencesOf } from '../../../db/daily-calls/users.ts';
import type { Deps } from '../../../platform/deps.ts';
import { windowEndOf } from '../../../shared/daily-calls/allowed.ts';
import { nextLeavingOnDay } from '../../../shared/daily-calls/leaving.ts';
import { type AttemptEnd, afterAttempt } from '../../../shared/daily-calls/retry.ts';
import type { CallEnding } from '../../../shared/daily-calls/vocabulary.ts';
import type { DailyCallInput } from '../../../workflows/daily-calls/daily-call/contract.ts';
import { absorbReports } from './absorb-reports.ts';
import { givePlace, takePlace } from './line.ts';

/** What the day's run does next; the database decides, whatever the run remembers. */
export type NextStep =
  /** Nothing before this, unless something changes. */
  | { kind: 'wait'; inMs: number }
  /** The attempt is planned and has a place on the line. */
  | { kind: 'dial'; attemptId: string }
  /** The call is under way; its end is to be reported within this. */
  | { kind: 'listen'; attemptId: string; inMs: number }
  /** The conversation is over and nobody has looked at it yet. */
  | { kind: 'follow-up'; attemptId: string }
  | { kind: 'ended'; ending: CallEnding };

type Decision = NextStep | { kind: 'place'; number: number };

/** Reads where a user's local day stands, with every report that has come in, and decides what is next. */
export async function nextStep(deps: Deps, input: DailyCallInput): Promise<NextStep> {
  const { userId, localDate } = input;
  const decision = await deps.db.transaction().execute(async (trx) => {
    const state = await readDay(trx, userId, localDate, true);
    if (!state) return { kind: 'ended', ending: 'withdrawn' } satisfies Decision;
    const attempts = await absorbReports(deps, trx, userId, localDate);
    return decide({ ...deps, db: trx as Deps['db'] }, { ...state, attempts });
  });
  if (decision.kind === 'place') return takeAndPlan(deps, input, decision.number);
  if (decision.kind !== 'dial' && decision.kind !== 'listen') await givePlace(deps, userId, localDate);
  return decision;
}

async function decide(deps: Deps, state: Day): Promise<Decision> {
  const { day, attempts } = state;
  const now = deps.clock();
  const last = attempts.findLast(({ status }) => status !== 'withdrawn');
  if (last && !hasEnded(last.status)) return underWay(deps, last, now);
  const reached = attempts.find(({ status }) => status === 'completed');
  if (reached && reached.analysis_status === null) return { kind: 'follow-up', attemptId: reached.id };
  const end = async (ending: CallEnding, reason: string | null): Promise<Decision> => {
    await endDay(deps.db, day, ending, reason);
    return { kind: 'ended', ending };
  };
  if (reached) return end('completed', null);
  if (day.status === 'ended') return { kind: 'ended', ending: day.outcome! };

  const prefs = preferencesOf(state.user);
  const legal = deps.env.DAILY_CALL_LEGAL_HOURS;
  let dueAt = day.due_at;
  if (last) {
    if (last.ended_reason?.startsWith('refused:')) return end('not-reached', last.ended_reason);
    const made = attempts
      .filter(({ status }) => status !== 'withdrawn')
      .map((one) => ({ status: one.status as AttemptEnd, endedAt: one.ended_at! }));
    const after = afterAttempt({ prefs, legal, localDate: day.local_date, attempts: made });
    if (after.kind === 'ended') return end(after.ending, after.reason);
    dueAt = after.at;
  }
  if (state.stop?.forGood) return end('not-allowed', state.stop.reason);
  const earliest = new Date(Math.max(dueAt.getTime(), now.getTime()));
  const allowedAt = nextLeavingOnDay(prefs, legal, earliest, day.local_date);
  if (!allowedAt)
    return end(last ? 'not-reached' : 'window-over', state.stop?.reason ?? 'the hours are over');
  await putOff(deps.db, day, allowedAt);
  if (allowedAt > now) return { kind: 'wait', inMs: allowedAt.getTime() - now.getTime() };
  if (state.stop) return { kind: 'wait', inMs: untilWindowEnd(deps, state, now) };
  return { kind: 'place', number: (attempts.at(-1)?.number ?? 0) + 1 };
}

/** A paused day waits for the signal, at most until its hours are over. */
function untilWindowEnd(deps: Deps, { day, user }: Day, now: Date): number {
  const end = windowEndOf(preferencesOf(user), deps.env.DAILY_CALL_LEGAL_HOURS, day.local_date);
  return Math.max(1, (end?.getTime() ?? 0) - now.getTime() + 1);
}

async function underWay(deps: Deps, attempt: AttemptRow, now: Date): Promise<Decision> {
  // A place does not outlast a long wait for the provider or for a person.
  if (attempt.status === 'planned') return { kind: 'place', number: attempt.number };
  const limit = attempt.dialled_at!.getTime() + deps.env.DAILY_CALL_MAX_MS;
  return { kind: 'listen', attemptId: attempt.id, inMs: Math.max(0, limit - now.getTime()) };
}

async function takeAndPlan(
  deps: Deps,
  { userId, companyId, localDate }: DailyCallInput,
  number: number,
): Promise<NextStep> {
  const place = await takePlace(deps, companyId, userId, localDate);
  if (!place.granted) return { kind: 'wait', inMs: place.retryInMs };
  return deps.db.transaction().execute(async (trx) => {
    const state = await readDay(trx, userId, localDate, true);
    // Taken back while we stood in line.
    if (!state || state.day.status === 'ended') return { kind: 'wait', inMs: 0 };
    const planned = state.attempts.at(-1);
    if (planned && planned.number >= number) return { kind: 'dial', attemptId: planned.id };
    const variant_id = await variantOf(trx, userId, state.user.script_id);
    const attemptId = await planAttempt(trx, state.day, number, {
      provider: state.user.provider,
      variant_id,
    });
    return { kind: 'dial', attemptId };
  });
}

/** The call's end never came, and the provider cannot say either: nobody is called again on a mere guess. */
export async function closeUnreported(deps: Deps, attemptId: string): Promise<void> {
  await endAttempt(
    deps.db,
    attemptId,
    ['dialled', 'ringing', 'in-progress'],
    'unreported',
    'the end was never reported',
    deps.clock(),
  );
}
