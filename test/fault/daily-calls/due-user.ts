import type { z } from 'zod';
import type { AnswerScript, answerPlanSchema } from '../../../integrations/answer-plan.ts';
import type { CallProviderName } from '../../../shared/daily-calls/providers.ts';

/** The hours of the run, by the clock of the person called. */
export const LEGAL_HOURS = { from: '08:00', to: '21:00' } as const;

/** A call whose end is never reported counts as over after this. */
export const CALL_MAX_MS = 4_000;

export interface Company {
  slug: string;
  /** Calls at once. */
  callsAtOnce: number;
}

export const retryOutcomes = ['no-answer', 'busy', 'failed', 'voicemail'] as const;
export type RetryOutcome = (typeof retryOutcomes)[number];

/** How the phone answers one call, as the emulators' answer plan takes it. */
export interface Turn {
  script: AnswerScript;
  ring_ms: number;
  talk_ms: number;
  late_ms: number;
  duration_ms: number;
}

/** One user of the run: what was sent in. */
export interface DueUser {
  id: string;
  company: Company;
  phone: string;
  provider: CallProviderName;
  zone: string;
  callTime: string;
  weekdays: number[];
  windowFrom: string;
  windowTo: string;
  quiet: { from: string; to: string } | null;
  maxAttempts: number;
  /** Minutes. */
  retryDelays: Record<RetryOutcome, number | null>;
  enabled: boolean;
  consent: boolean;
  doNotCall: boolean;
  /**
   * `called-before`: while the hours last, which end during the run; `refused`: the day is opened and nobody rings;
   * `not-in-this-run`: the next moment is hours away or there is none.
   */
  expected: 'called' | 'called-before' | 'refused' | 'not-in-this-run';
  dueAt: Date;
  localDate: string;
  /** How the first, second, … call goes; the last one stays. */
  turns: Turn[];
}

/** How a call to a user goes. */
export interface Course {
  /** What is to be reported of it, in our words. */
  end: 'completed' | RetryOutcome;
  /** From the dial to the end of the call. */
  lastsMs: number;
  /** The report comes while somebody still waits for it. */
  reported: boolean;
}

/** The course of a user's n-th call, counted from 0. */
export function courseOf(user: DueUser, n: number): Course {
  const { script, ring_ms, talk_ms, late_ms } = user.turns[Math.min(n, user.turns.length - 1)]!;
  const end = endOf(script);
  const pickedUp = end === 'completed' || end === 'voicemail';
  return {
    end,
    lastsMs: ring_ms + (pickedUp ? talk_ms : 0),
    reported: script !== 'never-reports' && !(script === 'reports-late' && late_ms >= CALL_MAX_MS),
  };
}

function endOf(script: AnswerScript): Course['end'] {
  switch (script) {
    case 'no-answer':
    case 'busy':
    case 'voicemail':
      return script;
    case 'fails':
      return 'failed';
    default:
      return 'completed';
  }
}

/** The part of an emulator's seed that makes the phones answer so. */
export function answersOf(users: DueUser[]): z.input<typeof answerPlanSchema> {
  return { numbers: Object.fromEntries(users.map(({ phone, turns }) => [phone, turns])) };
}
