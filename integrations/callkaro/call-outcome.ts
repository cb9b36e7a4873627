import type { CallReport } from '../../shared/daily-calls/providers.ts';

export interface EndedCall {
  hangup_reason: string | null;
  /** Seconds. */
  call_duration?: number | null | undefined;
  transcription: string | null;
}

const says = {
  voicemail: /voice[_ -]?mail|answering[_ -]?machine/i,
  busy: /busy/i,
  canceled: /cancel/i,
  noAnswer: /no[_ -]?answer|not[_ -]?answered|unanswered|declin|reject|ring[_ -]?timeout/i,
  failed: /fail|error|invalid|unreachable|not[_ -]?reachable|switched[_ -]?off|congestion/i,
} as const;

/**
 * How a call went. CallKaro publishes no list of hang-up reasons, so the duration decides first: who was spoken to
 * is not called again because of a word. Null: neither says anything.
 */
export function outcomeOf({
  hangup_reason,
  call_duration,
  transcription,
}: EndedCall): CallReport['status'] | null {
  const reason = hangup_reason ?? '';
  if (says.voicemail.test(reason)) return 'voicemail';
  if ((call_duration ?? 0) > 0 || (call_duration == null && transcription?.trim())) {
    return says.failed.test(reason) && !transcription?.trim() ? 'failed' : 'completed';
  }
  if (says.busy.test(reason)) return 'busy';
  if (says.canceled.test(reason)) return 'canceled';
  if (says.noAnswer.test(reason)) return 'no-answer';
  if (says.failed.test(reason)) return 'failed';
  return call_duration === 0 ? 'no-answer' : null;
}
