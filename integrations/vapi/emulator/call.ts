import type { Vapi } from '@vapi-ai/server-sdk';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import type { CallCourse, CallEnd } from '../../answer-plan.ts';
import type { CreateCall } from './create-call.ts';

/** A call as the vendor keeps it; what is to be seen of it depends on the time. Moments are epoch milliseconds. */
export interface CallRecord {
  id: string;
  request: CreateCall;
  course: CallCourse;
  createdAt: number;
  /** When somebody picks up; null: nobody does. */
  connectedAt: number | null;
  endedAt: number;
}

const ORG_ID = '0f0e5d4c-3b2a-4190-8f7e-6d5c4b3a2910';
/** A queued call rings a moment later. */
const QUEUE_MS = 10;

export const endedReasons = {
  answers: 'customer-ended-call',
  'no-answer': 'customer-did-not-answer',
  busy: 'customer-busy',
  voicemail: 'voicemail',
  fails: 'twilio-failed-to-connect-call',
} as const satisfies Record<CallEnd, Vapi.CallEndedReason>;

export function newCall(kit: EmulatorKit, request: CreateCall, course: CallCourse, now: number): CallRecord {
  const hex = kit.nextId('');
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  const pickedUpAt = now + QUEUE_MS + course.ringMs;
  return {
    id,
    request,
    course,
    createdAt: now,
    connectedAt: course.talkMs > 0 ? pickedUpAt : null,
    endedAt: pickedUpAt + course.talkMs,
  };
}

/** When the status of the call becomes which one. */
export function timeline({
  createdAt,
  connectedAt,
  endedAt,
}: CallRecord): { status: Vapi.CallStatus; at: number }[] {
  return [
    { status: 'queued', at: createdAt },
    { status: 'ringing', at: createdAt + QUEUE_MS },
    ...(connectedAt === null ? [] : [{ status: 'in-progress' as const, at: connectedAt }]),
    { status: 'ended', at: endedAt },
  ];
}

const iso = (epochMs: number) => new Date(epochMs).toISOString();

/** The call as the API shows it at `now`, in the SDK's shape. */
export function visibleCall(record: CallRecord, now: number): Vapi.Call {
  const { id, request, course, createdAt, connectedAt } = record;
  const current = timeline(record).findLast(({ at }) => at <= now) ?? { status: 'queued', at: createdAt };
  const ended = current.status === 'ended';
  return {
    id,
    orgId: ORG_ID,
    type: 'outboundPhoneCall',
    createdAt: iso(createdAt),
    updatedAt: iso(current.at),
    status: current.status,
    assistantId: request.assistantId,
    phoneNumberId: request.phoneNumberId,
    customer: request.customer,
    ...(request.assistantOverrides && { assistantOverrides: request.assistantOverrides }),
    ...(request.name !== undefined && { name: request.name }),
    ...(connectedAt !== null && connectedAt <= now && { startedAt: iso(connectedAt) }),
    ...(ended && {
      endedReason: endedReasons[course.end],
      // The talk is played faster than it is said to have been.
      endedAt: iso(connectedAt === null ? record.endedAt : connectedAt + course.durationMs),
      cost: Math.round((course.durationMs / 60_000) * 5) / 100,
      artifact: artifactOf(record),
      analysis: { summary: '', successEvaluation: String(course.end === 'answers') },
    }),
  };
}

function artifactOf({ id, course }: CallRecord): Vapi.Artifact {
  if (course.talkMs === 0) return { transcript: '', messages: [] };
  return {
    transcript: course.transcript.replaceAll('Agent: ', 'AI: '),
    recordingUrl: `https://recordings.vapi.example/${id}.wav`,
    messages: [],
  };
}

/** The application's own key of a call, as it stands in its metadata. */
export function keyOf(request: unknown): string | null {
  const { assistantOverrides } = (request ?? {}) as {
    assistantOverrides?: { metadata?: { attemptId?: unknown } };
  };
  const key = assistantOverrides?.metadata?.attemptId;
  return typeof key === 'string' ? key : null;
}
