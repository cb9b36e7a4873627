import type { EmulatorKit } from '../../../shared/emulator.ts';
import { type CallCourse, type CallEnd, yesterdaysMetadata } from '../../answer-plan.ts';

/** A call as the vendor keeps it. */
export interface CallRecord {
  sid: string;
  agentId: string;
  to: string;
  metadata: Record<string, unknown>;
  course: CallCourse;
  /** Milliseconds since the epoch. */
  endsAt: number;
  /** 0: the first try. */
  tryCount: number;
}

/** The vendor wants an answer within five seconds; whether and how often it repeats is not documented. */
const RETRY_DELAYS_MS = [1_000, 3_000, 9_000];
const TIMEOUT_MS = 5_000;
const DAY_MS = 86_400_000;
const INDIA_OFFSET_MS = 5.5 * 3_600_000;

const hangupReasons: Record<CallEnd, string> = {
  answers: 'CLIENT_INITIATED',
  'no-answer': 'NO_ANSWER',
  busy: 'USER_BUSY',
  voicemail: 'VOICEMAIL_DETECTED',
  fails: 'CALL_FAILED',
};

function callEnded({ sid, agentId, to, metadata, course, endsAt, tryCount }: CallRecord): string {
  const local = new Date(endsAt + INDIA_OFFSET_MS).toISOString();
  return JSON.stringify({
    event: 'call_ended',
    data: {
      callSid: sid,
      name: 'outbound',
      agent: agentId,
      versionId: 'v1',
      from: '918000000000',
      to: to.slice(1),
      recordingUrl: course.talkMs > 0 ? `https://recordings.callkaro.example/${sid}.mp3` : '',
      call_duration: Math.ceil(course.durationMs / 1000),
      time: local.slice(0, 19).replace('T', ' '),
      transcription: course.transcript,
      batchId: null,
      hangup_reason: hangupReasons[course.end],
      call_metadata: metadata,
      try_count: tryCount,
      post_call: {},
      post_call_detail: {},
      functions_called: [],
      disposition_reason: null,
      conversion_status: course.end === 'answers',
      next_call_scheduled: false,
      call_link: `https://app.callkaro.example/calls/${sid}`,
    },
  });
}

/** The call before this one to the same number as if tried once more, else one that nobody here knows of. */
function callOfYesterday(kit: EmulatorKit, call: CallRecord): CallRecord {
  const earlier = kit
    .collection<CallRecord>('calls')
    .values()
    .findLast(({ sid, to }) => to === call.to && sid !== call.sid);
  if (earlier) return { ...earlier, tryCount: earlier.tryCount + 1 };
  return {
    ...call,
    sid: kit.nextId(''),
    metadata: yesterdaysMetadata(call.metadata),
    endsAt: call.endsAt - DAY_MS,
  };
}

/** Hands the webhooks of a call to the host: nothing is told of it before it has ended. */
export function planWebhooks(kit: EmulatorKit, call: CallRecord, urls: string[]): void {
  const { course } = call;
  const endsInMs = course.ringMs + course.talkMs;
  const send = (ended: CallRecord, delayMs: number) => {
    for (const url of urls) {
      kit.deliver({
        operation: 'webhooks.deliver',
        key: `call_ended:${ended.sid}`,
        url,
        body: callEnded(ended),
        delayMs,
        retryDelaysMs: RETRY_DELAYS_MS,
        timeoutMs: TIMEOUT_MS,
      });
    }
  };
  if (course.script === 'reports-for-yesterday') send(callOfYesterday(kit, call), Math.floor(endsInMs / 2));
  for (let copy = 0; copy < course.reports; copy += 1) send(call, endsInMs + course.lateMs);
}
