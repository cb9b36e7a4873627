import type { Offence } from '../compare.ts';
import { courseOf, type DueUser, LEGAL_HOURS } from './due-user.ts';
import { groupBy } from './group-by.ts';
import type { UserBooks } from './user-books.ts';
import { wallAt } from './zones.ts';

const MINUTE_MS = 60_000;

const nameOf = ({ phone, provider }: DueUser) => `${phone} (${provider})`;

/** An attempt that was executed twice, and calls of somebody who is not to be called (any more). */
export function dialledAgain({ user, dials }: UserBooks): Offence[] {
  const offence = (why: string) => ({ what: nameOf(user), why });
  const byAttempt = groupBy(dials, ({ attemptId }) => attemptId);
  const repeated = [...byAttempt]
    .filter(([, calls]) => calls.length > 1)
    .map(([attemptId, calls]) => offence(`attempt ${attemptId} rang ${calls.length} times`));
  const allowed = user.expected === 'called' || user.expected === 'called-before' ? user.maxAttempts : 0;
  const talk = dials.findIndex((_, n) => courseOf(user, n).end === 'completed');
  return [
    ...repeated,
    ...(dials.length > allowed ? [offence(`${dials.length} calls, ${allowed} allowed`)] : []),
    ...(talk !== -1 && talk < dials.length - 1 ? [offence('called again after the conversation')] : []),
  ];
}

/** Calls that left outside of the window, in quiet hours or on another day, by the clock at the user's place. */
export function againstTheHours({ user, dials }: UserBooks): Offence[] {
  const { zone, windowFrom, windowTo, quiet, localDate } = user;
  return dials.flatMap(({ at }) => {
    const { date, time } = wallAt(at, zone);
    const open = time >= windowFrom && time < windowTo && time >= LEGAL_HOURS.from && time < LEGAL_HOURS.to;
    const quietNow = quiet !== null && time >= quiet.from && time < quiet.to;
    if (date === localDate && open && !quietNow) return [];
    const hours = `${windowFrom}–${windowTo}${quiet ? `, quiet ${quiet.from}–${quiet.to}` : ''}`;
    return [{ what: nameOf(user), why: `called ${at.toISOString()} = ${date} ${time} in ${zone}; ${hours}` }];
  });
}

/** A retry that came sooner after the call before it than its outcome says. */
export function tooEarly({ user, dials }: UserBooks): Offence[] {
  return dials.slice(1).flatMap(({ at }, index) => {
    const before = courseOf(user, index);
    if (before.end === 'completed') return [];
    const what = nameOf(user);
    const delayMinutes = user.retryDelays[before.end];
    if (delayMinutes === null)
      return [{ what, why: `called again after ${before.end}, which is not repeated` }];
    const earliestMs = dials[index]!.at.getTime() + before.lastsMs + delayMinutes * MINUTE_MS;
    const earlyMs = earliestMs - at.getTime();
    return earlyMs > 0 ? [{ what, why: `called again ${earlyMs} ms too early after ${before.end}` }] : [];
  });
}

/** Moments at which more calls were under way than allowed, in all or of one company. */
export function crowds(each: UserBooks[], callsAtOnce: number): Offence[] {
  const companies = groupBy(each, ({ user }) => user.company);
  const all = mostAtOnce(each);
  return [
    ...(all > callsAtOnce
      ? [{ what: 'all companies', why: `${all} calls at once, ${callsAtOnce} allowed` }]
      : []),
    ...[...companies].flatMap(([company, own]) => {
      const most = mostAtOnce(own);
      return most > company.callsAtOnce
        ? [{ what: company.slug, why: `${most} calls at once, ${company.callsAtOnce} allowed` }]
        : [];
    }),
  ];
}

/** The most calls under way at one moment, by the providers' books. */
export function mostAtOnce(each: UserBooks[]): number {
  const changes = each
    .flatMap(({ user, dials }) =>
      dials.flatMap(({ at }, n) => [
        { ms: at.getTime(), by: 1 },
        { ms: at.getTime() + courseOf(user, n).lastsMs, by: -1 },
      ]),
    )
    .sort((a, b) => a.ms - b.ms || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
