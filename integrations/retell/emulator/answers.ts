import type { EmulatorKit } from '../../../shared/emulator.ts';
import { type CallCourse, type CallEnd, yesterdaysMetadata } from '../../answer-plan.ts';
import { buildOutcome, type CallParties, type CallRecord } from './call.ts';
import { type CallScript, callScriptSchema, type PhoneCall } from './script.ts';

const ANALYSIS_MS = 50;
const DAY_MS = 86_400_000;

const reasons: Record<CallEnd, string> = {
  answers: 'user_hangup',
  'no-answer': 'dial_no_answer',
  busy: 'dial_busy',
  voicemail: 'voicemail_reached',
  fails: 'dial_failed',
};

/** A planned course as a script of this vendor, and when it ends, in milliseconds from the dial. */
export function scriptOf(course: CallCourse): { script: CallScript; endsInMs: number } {
  const { ringMs, talkMs, lateMs, reports } = course;
  const connected = talkMs > 0;
  const copies = <T>(event: T): T[] => Array.from({ length: reports }, () => event);
  const ended = copies('call_ended' as const);
  const analyzed = copies('call_analyzed' as const);
  const started = connected && reports > 0 ? (['call_started'] as const) : [];
  const endsInMs = ringMs + talkMs;
  const first = (connected ? talkMs : ringMs) + lateMs;
  return {
    endsInMs,
    script: callScriptSchema.parse({
      disconnection_reason: reasons[course.end],
      duration_ms: course.durationMs,
      transcript: course.transcript,
      analysis: { in_voicemail: course.end === 'voicemail', call_successful: course.end === 'answers' },
      events: [...started, ...ended, ...analyzed],
      gaps_ms: [
        ...started.map(() => ringMs),
        ...ended.map((_, copy) => (copy === 0 ? first : 0)),
        ...analyzed.map((_, copy) => (copy === 0 ? ANALYSIS_MS : 0)),
      ],
      analysis_delay_ms: endsInMs + ANALYSIS_MS,
    }),
  };
}

/** The call before this one to the same number, else one that nobody here knows of. */
export function callOfYesterday(kit: EmulatorKit, parties: CallParties, script: CallScript): PhoneCall {
  const earlier = kit
    .collection<CallRecord>('calls')
    .values()
    .findLast(({ outcome }) => outcome.to_number === parties.to);
  if (earlier) return earlier.outcome;
  const metadata = yesterdaysMetadata((parties.metadata ?? {}) as Record<string, unknown>);
  return buildOutcome(kit, { ...parties, metadata, startedAt: parties.startedAt - DAY_MS }, script);
}
