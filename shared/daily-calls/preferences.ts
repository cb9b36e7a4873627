import type { RetryDelays } from './vocabulary.ts';

/** When and how often a person wishes to be called. Times are of the person's own clock, `HH:MM`. */
export interface CallPreferences {
  callEnabled: boolean;
  callTime: string;
  /** IANA name. */
  timeZone: string;
  /** ISO weekdays on which there is a call, 1 Monday to 7 Sunday. */
  weekdays: number[];
  windowFrom: string;
  /** `24:00` is the end of the day. */
  windowTo: string;
  /** Both null: no quiet hours. */
  quietFrom: string | null;
  quietTo: string | null;
  /** When a clock change leaves the call time out: call at the first moment after it, or not on that day. */
  gap: 'shift' | 'skip';
  /** When a clock change makes the call time come twice: which one. */
  overlap: 'first' | 'last';
  /** Calls per local day, the first one included, 1 to 10. */
  maxAttempts: number;
  /** Over `defaultRetryDelays`. */
  retryDelays: RetryDelays;
}

/** What decides about the minutes at which a person may be called. */
export type CallWindow = Pick<
  CallPreferences,
  'timeZone' | 'windowFrom' | 'windowTo' | 'quietFrom' | 'quietTo'
>;

/** Hours in which the law lets one call people, by the clock of the person called. */
export interface LegalHours {
  from: string;
  to: string;
}

/** Telemarketing Sales Rule of the USA, 16 CFR 310.4(c): 8 a.m. to 9 p.m. at the called person's location. */
export const defaultLegalHours: LegalHours = { from: '08:00', to: '21:00' };
