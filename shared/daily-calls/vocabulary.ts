/** How one attempt stands or has ended; the last seven are ends. */
export const attemptStatuses = [
  'planned',
  'dialled',
  'ringing',
  'in-progress',
  'completed',
  'voicemail',
  'no-answer',
  'busy',
  'failed',
  'canceled',
  'unreported',
  'withdrawn',
] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

/** Ends of an attempt after which another may follow on the same day. */
export const retryableOutcomes = ['no-answer', 'busy', 'failed', 'voicemail'] as const;
export type RetryableOutcome = (typeof retryableOutcomes)[number];

/** Minutes until the next attempt, by outcome; null: that outcome is not tried again. */
export type RetryDelays = Partial<Record<RetryableOutcome, number | null>>;

/** Seed 004: 30 minutes after failed, unanswered and busy calls; a voicemail counts as reached unless wished otherwise. */
export const defaultRetryDelays = {
  'no-answer': 30,
  busy: 30,
  failed: 30,
  voicemail: null,
} as const satisfies Required<RetryDelays>;

/** Every way a user's local day can end. */
export const callEndings = [
  'completed',
  'voicemail',
  'not-reached',
  'unreported',
  'window-over',
  'not-allowed',
  'withdrawn',
] as const;
export type CallEnding = (typeof callEndings)[number];
