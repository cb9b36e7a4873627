import type { Offence } from '../compare.ts';
import type { DailyBooks, DayRow, Dial } from './books.ts';
import { againstTheHours, crowds, dialledAgain, tooEarly } from './dial-rules.ts';
import { CALL_MAX_MS, courseOf, type DueUser } from './due-user.ts';
import { byUser, type UserBooks } from './user-books.ts';

/** What the books disagree on, by kind. */
export interface DailyVerdict {
  /** A due user without a day, a day without its end, a retry that was owed. */
  forgotten: Offence[];
  /** An attempt that rang twice, a call that nobody planned, a call after the conversation. */
  twice: Offence[];
  /** A call outside of the minutes or the day that the user allows. */
  outside: Offence[];
  /** A retry before its delay was over. */
  early: Offence[];
  /** More calls under way than there may be. */
  crowded: Offence[];
  /** A call that went otherwise than our database says. */
  wrong: Offence[];
  /** Work that has not come to its end and waits for nobody. */
  stuck: Offence[];
}

export function compareDailyBooks(books: DailyBooks, callsAtOnce: number): DailyVerdict {
  const each = byUser(books);
  return {
    forgotten: [...each.flatMap(forgottenDay), ...lost(books)],
    twice: [...strangers(books), ...each.flatMap(dialledAgain)],
    outside: each.flatMap(againstTheHours),
    early: each.flatMap(tooEarly),
    crowded: crowds(each, callsAtOnce),
    wrong: each.flatMap(wrongAttempts),
    stuck: stuckWork(books, each),
  };
}

const nameOf = ({ id, provider, zone }: DueUser) => `user ${id} (${provider}, ${zone})`;

function forgottenDay(books: UserBooks): Offence[] {
  const { user, days, asked } = books;
  const offence = (why: string) => [{ what: nameOf(user), why }];
  if (user.expected === 'not-in-this-run') {
    return days.length === 0 ? [] : offence(`has a day that is not due: ${days[0]!.local_date}`);
  }
  const [day, ...more] = days;
  if (!day) return offence('was due and has no day');
  if (more.length > 0) return offence(`has ${days.length} days`);
  if (day.local_date !== user.localDate) return offence(`due on ${user.localDate}, has ${day.local_date}`);
  if (day.status === 'open') return asked ? [] : offence('its day has not ended');
  const problem = wrongEnding(books, day);
  return problem ? offence(`${problem}; ended as ${day.outcome} (${day.reason ?? 'no reason'})`) : [];
}

/** Why the day should not have ended so, judged by what the providers executed. */
function wrongEnding({ user, dials, attempts }: UserBooks, { outcome }: DayRow): string | null {
  if (user.expected === 'refused') return outcome === 'not-allowed' ? null : 'must not be called';
  const last = dials.length > 0 ? courseOf(user, dials.length - 1) : null;
  const hoursEnded = user.expected === 'called-before';
  if (!last) return hoursEnded && outcome === 'window-over' ? null : 'was never called';
  // A conversation that nobody heard of is no failure of ours; whether it could be known is judged with the attempts.
  if (attempts.at(-1)?.status === 'unreported')
    return outcome === 'unreported' ? null : 'nobody knows the end';
  if (last.end === 'completed')
    return ['completed', 'unreported'].includes(outcome!) ? null : 'there was a talk';
  const lateReport = isLate(dials.at(-1)!, user, dials.length - 1);
  if (outcome === 'unreported' && lateReport) return null;
  if (user.retryDelays[last.end] === null) {
    return outcome === (last.end === 'voicemail' ? 'voicemail' : 'not-reached')
      ? null
      : `no retry after ${last.end}`;
  }
  if (outcome !== 'not-reached') return `the last call ended ${last.end}`;
  return dials.length === user.maxAttempts || hoursEnded ? null : `a retry after ${last.end} was owed`;
}

/** The report of a call's end came after everybody had stopped to wait, and the provider cannot be asked. */
function isLate({ provider, reportedAt, at }: Dial, user: DueUser, n: number): boolean {
  if (provider !== 'callkaro') return false;
  if (!courseOf(user, n).reported || reportedAt === null) return true;
  return reportedAt.getTime() - at.getTime() >= CALL_MAX_MS;
}

/** What never came to us, or never to its end. */
function lost({ inboxLeft, failedRuns }: DailyBooks): Offence[] {
  return [
    ...inboxLeft
      .filter(({ status }) => status === 'failed')
      .map((event) => ({ what: `event ${event.event_key}`, why: `not handed over: ${event.last_error}` })),
    ...failedRuns.map((run) => ({ what: `run ${run.workflow_id}`, why: `failed: ${run.last_error}` })),
  ];
}

/** Calls of which we know nothing. */
function strangers({ dials, attempts }: DailyBooks): Offence[] {
  const known = new Set(attempts.map(({ id }) => id));
  return dials
    .filter(({ attemptId }) => !known.has(attemptId ?? ''))
    .map(({ provider, attemptId }) => ({
      what: `${provider} call ${attemptId}`,
      why: 'of no attempt of ours',
    }));
}

/** Our account of every attempt against what the provider did. */
function wrongAttempts({ user, attempts, dials, asked }: UserBooks): Offence[] {
  return attempts.flatMap((attempt) => {
    const { id, number, status, ended_reason } = attempt;
    const offence = (why: string) => [
      {
        what: `attempt ${id} (${number}., ${user.provider})`,
        why: `${status} (${ended_reason}), but ${why}`,
      },
    ];
    const n = dials.findIndex(({ attemptId }) => attemptId === id);
    if (n === -1) {
      const notMade = status === 'withdrawn' || status === 'failed' || (status === 'planned' && asked);
      return notMade ? [] : offence('the provider has no such call');
    }
    const course = courseOf(user, n);
    if (status === course.end) return [];
    if (status === 'unreported' && isLate(dials[n]!, user, n)) return [];
    if (asked && ['planned', 'dialled', 'ringing', 'in-progress'].includes(status)) return [];
    return offence(`the call ended ${course.end}`);
  });
}

function stuckWork(
  { openRuns, openEffects, inboxLeft, openReviews }: DailyBooks,
  each: UserBooks[],
): Offence[] {
  const waiting = new Set(openReviews.map(({ workflow_id }) => workflow_id));
  const planned = each.flatMap(({ attempts, asked }) =>
    asked
      ? []
      : attempts.filter(({ status }) => ['planned', 'dialled', 'ringing', 'in-progress'].includes(status)),
  );
  return [
    ...openRuns
      .filter((workflowId) => !waiting.has(workflowId))
      .map((workflowId) => ({ what: `run ${workflowId}`, why: 'open, and waits for nobody' })),
    ...openEffects.map(({ key, operation, status, attempts }) => ({
      what: `effect ${key}`,
      why: `${operation} is still ${status} after ${attempts} attempt(s)`,
    })),
    ...planned.map(({ id, status }) => ({ what: `attempt ${id}`, why: `is still ${status}` })),
    ...inboxLeft
      .filter(({ status }) => status === 'pending')
      .map((event) => ({ what: `event ${event.event_key}`, why: 'still pending in the inbox' })),
  ];
}
