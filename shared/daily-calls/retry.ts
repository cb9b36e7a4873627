import { nextAllowedOnDay } from './allowed.ts';
import type { CallPreferences, LegalHours } from './preferences.ts';
import {
  type CallEnding,
  defaultRetryDelays,
  type RetryableOutcome,
  retryableOutcomes,
} from './vocabulary.ts';

/** How an attempt ended: a status that is an end. */
export type AttemptEnd = 'completed' | RetryableOutcome | 'canceled' | 'unreported' | 'withdrawn';

/** What follows an attempt: the day is over, or another attempt (`moved`: later than its delay says). */
export type AfterAttempt =
  | { kind: 'ended'; ending: CallEnding; reason: string }
  | { kind: 'retry'; at: Date; moved: boolean };

export interface AttemptsOfDay {
  prefs: CallPreferences;
  legal: LegalHours;
  /** The local day that these calls are for, whatever day it is here or has become there since. */
  localDate: string;
  /** All attempts of that day, in order, each of them ended. */
  attempts: { status: AttemptEnd; endedAt: Date }[];
}

/**
 * Decides after the last attempt of a local day whether another one follows, and when. A conversation anywhere
 * ends the day; an attempt of which nobody knows whether it was one allows no second ring. A retry never leaves the
 * local day nor the allowed minutes: it moves to the next allowed moment, or the day ends as not reached.
 */
export function afterAttempt({ prefs, legal, localDate, attempts }: AttemptsOfDay): AfterAttempt {
  const last = attempts.at(-1);
  if (!last) throw new RangeError('No attempt to decide after.');
  if (attempts.some(({ status }) => status === 'completed')) return ended('completed', 'there was a call');
  if (attempts.some(({ status }) => status === 'unreported'))
    return ended('unreported', 'nobody knows whether there was a conversation');
  if (last.status === 'canceled') return ended('withdrawn', 'the call was canceled');
  if (last.status === 'withdrawn') return ended('not-allowed', 'the call was no longer allowed');
  if (!isRetryable(last.status)) throw new RangeError(`Not the end of an attempt: ${last.status}`);

  const given = prefs.retryDelays[last.status];
  const delayMinutes = given === undefined ? defaultRetryDelays[last.status] : given;
  if (delayMinutes === null) {
    const ending = last.status === 'voicemail' ? 'voicemail' : 'not-reached';
    return ended(ending, `no further try after ${last.status}`);
  }
  if (attempts.length >= prefs.maxAttempts) return ended('not-reached', `${attempts.length} attempts made`);
  const wished = new Date(last.endedAt.getTime() + delayMinutes * 60_000);
  const at = nextAllowedOnDay(prefs, legal, wished, localDate);
  if (at === null) return ended('not-reached', 'no allowed moment left today');
  return { kind: 'retry', at, moved: at.getTime() !== wished.getTime() };
}

function ended(ending: CallEnding, reason: string): AfterAttempt {
  return { kind: 'ended', ending, reason };
}

function isRetryable(status: AttemptEnd): status is RetryableOutcome {
  return (retryableOutcomes as readonly string[]).includes(status);
}
