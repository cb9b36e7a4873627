import { isTimeZone } from '../time.ts';
import { allowedRanges, between, intersect, isWithin, rangesText } from './allowed.ts';
import { MINUTES_PER_DAY, minuteOf, readClockTime } from './clock-time.ts';
import type { CallPreferences, LegalHours } from './preferences.ts';
import { type RetryableOutcome, retryableOutcomes } from './vocabulary.ts';

/** What is wrong with a preference and what to do about it, in words for the person who set it. */
export interface PreferenceProblem {
  field: keyof CallPreferences;
  problem: string;
}

export const MOST_ATTEMPTS = 10;
export const LONGEST_RETRY_DELAY_MINUTES = 1440;

/**
 * Everything in preferences that no call could be planned with; empty: all is well. Throws `RangeError` when
 * the legal hours, which are ours, are malformed.
 */
export function checkPreferences(prefs: CallPreferences, legal: LegalHours): PreferenceProblem[] {
  const timeProblems = checkTimes(prefs);
  return [
    ...checkZone(prefs.timeZone),
    ...timeProblems,
    ...(timeProblems.length === 0 ? checkMinutes(prefs, legal) : []),
    ...checkWeekdays(prefs.weekdays),
    ...checkAttempts(prefs),
  ];
}

function checkZone(zone: string): PreferenceProblem[] {
  if (isTimeZone(zone)) return [];
  return [
    {
      field: 'timeZone',
      problem: `Unknown time zone "${zone}". Use an IANA name such as Europe/Berlin or America/New_York.`,
    },
  ];
}

function checkTimes(prefs: CallPreferences): PreferenceProblem[] {
  const found: PreferenceProblem[] = [];
  const check = (field: TimeField, latest: number) => {
    const text = prefs[field];
    const minute = text === null ? 0 : readClockTime(text);
    if (minute !== null && minute <= latest) return;
    const end = latest === MINUTES_PER_DAY ? '24:00' : '23:59';
    found.push({ field, problem: `"${text}" is not a time of the day. Use HH:MM from 00:00 to ${end}.` });
  };
  check('callTime', MINUTES_PER_DAY - 1);
  check('windowFrom', MINUTES_PER_DAY - 1);
  check('windowTo', MINUTES_PER_DAY);
  check('quietFrom', MINUTES_PER_DAY - 1);
  check('quietTo', MINUTES_PER_DAY);
  if ((prefs.quietFrom === null) !== (prefs.quietTo === null)) {
    const field = prefs.quietFrom === null ? 'quietFrom' : 'quietTo';
    found.push({ field, problem: 'Quiet hours need both a start and an end. Set both, or neither.' });
  }
  return found;
}

type TimeField = 'callTime' | 'windowFrom' | 'windowTo' | 'quietFrom' | 'quietTo';

function checkMinutes(prefs: CallPreferences, legal: LegalHours): PreferenceProblem[] {
  const { windowFrom, windowTo, quietFrom, quietTo, callTime } = prefs;
  if (windowFrom === windowTo) {
    const problem = `The call window starts and ends at ${windowTo} and holds no minute. Use 00:00 to 24:00 for the whole day.`;
    return [{ field: 'windowTo', problem }];
  }
  if (quietFrom !== null && quietFrom === quietTo) {
    const problem = `The quiet hours start and end at ${quietTo}: quiet all day. Leave both empty for no quiet hours.`;
    return [{ field: 'quietTo', problem }];
  }
  const legalRanges = between(minuteOf(legal.from), minuteOf(legal.to));
  const legalText = `${legal.from}–${legal.to}`;
  const open = intersect(between(minuteOf(windowFrom), minuteOf(windowTo)), legalRanges);
  if (open.length === 0) {
    const problem = `The call window ${windowFrom}–${windowTo} lies outside of the legal calling hours ${legalText}. Choose a window that overlaps with them.`;
    return [{ field: 'windowFrom', problem }];
  }
  const allowed = allowedRanges(prefs, legal);
  if (allowed.length === 0) {
    const problem = `The quiet hours ${quietFrom}–${quietTo} leave nothing of ${rangesText(open)}, when calls are possible. Shorten them.`;
    return [{ field: 'quietFrom', problem }];
  }
  if (isWithin(allowed, minuteOf(callTime))) return [];
  const problem = `No call is allowed at ${callTime}. Window, legal hours (${legalText}) and quiet hours leave ${rangesText(allowed)} (the end not included); choose a time in there.`;
  return [{ field: 'callTime', problem }];
}

function checkWeekdays(weekdays: number[]): PreferenceProblem[] {
  const howTo = 'Give at least one of 1 (Monday) to 7 (Sunday).';
  if (weekdays.length === 0)
    return [
      { field: 'weekdays', problem: `No weekday is chosen. ${howTo} To stop the calls, disable them.` },
    ];
  const wrong = weekdays.filter((day) => !(Number.isInteger(day) && day >= 1 && day <= 7));
  if (wrong.length === 0) return [];
  return [{ field: 'weekdays', problem: `No such weekday: ${wrong.join(', ')}. ${howTo}` }];
}

function checkAttempts({ maxAttempts, retryDelays }: CallPreferences): PreferenceProblem[] {
  const found: PreferenceProblem[] = [];
  if (!(Number.isInteger(maxAttempts) && maxAttempts >= 1 && maxAttempts <= MOST_ATTEMPTS)) {
    const problem = `${maxAttempts} calls a day are not possible. Use a whole number from 1 to ${MOST_ATTEMPTS}.`;
    found.push({ field: 'maxAttempts', problem });
  }
  for (const [outcome, delay] of Object.entries(retryDelays)) {
    if (!retryableOutcomes.includes(outcome as RetryableOutcome)) {
      const problem = `"${outcome}" is not an outcome that is tried again. Use ${retryableOutcomes.join(', ')}.`;
      found.push({ field: 'retryDelays', problem });
    } else if (delay !== null && !(delay >= 0 && delay <= LONGEST_RETRY_DELAY_MINUTES)) {
      const problem = `${delay} minutes after ${outcome} are not possible. Use 0 to ${LONGEST_RETRY_DELAY_MINUTES}, or null for no further try.`;
      found.push({ field: 'retryDelays', problem });
    }
  }
  return found;
}
