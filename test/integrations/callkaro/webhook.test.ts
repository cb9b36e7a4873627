import { describe, expect, it } from 'vitest';
import {
  checkCallKaroSecret,
  parseCallKaroEvent,
  readCallKaroReport,
} from '../../../integrations/callkaro/webhook.ts';
import { InvalidCallEventError } from '../../../shared/daily-calls/call-event.ts';

const raw = (value: unknown) => Buffer.from(JSON.stringify(value));
const ended = (more: object = {}) =>
  raw({
    event: 'call_ended',
    data: {
      callSid: 'sid-1',
      name: 'outbound',
      agent: '65f1c0ffee65f1c0ffee65f1',
      from: '918000000000',
      to: '4915112345678',
      recordingUrl: 'https://recordings.example/sid-1.mp3',
      call_duration: 42.5,
      time: '2026-03-01 20:30:00',
      transcription: 'Agent: Hello!\nUser: Hi!',
      hangup_reason: 'CLIENT_INITIATED',
      call_metadata: { attemptId: 'attempt-1', userId: 'user-1', score: 3 },
      try_count: 0,
      post_call: {},
      next_call_scheduled: false,
      ...more,
    },
  });
const outcome = (more: object) => readCallKaroReport(ended(more))?.status ?? null;

describe("CallKaro's own webhook", () => {
  it('is read whole; digits become a number, seconds milliseconds, and the time without a zone is left out', () => {
    expect(parseCallKaroEvent(ended())).toEqual({
      eventType: 'call_ended',
      eventKey: 'call_ended:sid-1:0',
      providerCallId: 'sid-1',
      attemptId: 'attempt-1',
      toNumber: '+4915112345678',
      unknownStatus: null,
      report: {
        providerCallId: 'sid-1',
        metadata: { attemptId: 'attempt-1', userId: 'user-1' },
        status: 'completed',
        endedReason: 'CLIENT_INITIATED',
        startedAt: null,
        endedAt: null,
        durationMs: 42_500,
        transcript: 'Agent: Hello!\nUser: Hi!',
        recordingUrl: 'https://recordings.example/sid-1.mp3',
      },
    });
  });

  it('has one key for both addresses, and another for another try', () => {
    const key = (more: object) => parseCallKaroEvent(ended(more)).eventKey;
    expect(key({ transcription: 'other words' })).toBe(key({}));
    expect(key({ try_count: 1 })).not.toBe(key({}));
    expect(key({ callSid: 'sid-2' })).not.toBe(key({}));
  });

  it.each([
    ['CLIENT_INITIATED', 30, 'completed'],
    ['SOMETHING_NEW', 30, 'completed'],
    ['USER_BUSY', 30, 'completed'],
    ['VOICEMAIL_DETECTED', 12, 'voicemail'],
    ['USER_BUSY', 0, 'busy'],
    ['NO_ANSWER', 0, 'no-answer'],
    ['CALL_REJECTED', 0, 'no-answer'],
    ['CANCELLED', 0, 'canceled'],
    ['CALL_FAILED', 0, 'failed'],
    ['INVALID_NUMBER', 0, 'failed'],
    ['SOMETHING_NEW', 0, 'no-answer'],
    [null, 0, 'no-answer'],
  ])('%s after %i s is %s', (hangup_reason, call_duration, status) => {
    expect(outcome({ hangup_reason, call_duration, transcription: '' })).toBe(status);
  });

  it('who was spoken to was reached, whatever word it ended with', () => {
    expect(outcome({ hangup_reason: 'AGENT_ERROR', call_duration: 30 })).toBe('completed');
    expect(outcome({ hangup_reason: 'AGENT_ERROR', call_duration: 30, transcription: '' })).toBe('failed');
    expect(outcome({ hangup_reason: 'SOMETHING_NEW', call_duration: null })).toBe('completed');
  });

  it('without duration and with an undocumented reason it says nothing, and says that', () => {
    const event = parseCallKaroEvent(
      ended({ hangup_reason: 'SOMETHING NEW\n', call_duration: null, transcription: null }),
    );
    expect(event).toMatchObject({ report: null, unknownStatus: 'SOMETHING?NEW?', providerCallId: 'sid-1' });
  });

  it('reads a duration that is text', () => {
    expect(readCallKaroReport(ended({ call_duration: '7' }))?.durationMs).toBe(7_000);
    expect(readCallKaroReport(ended({ call_duration: '00:07' }))?.durationMs).toBeNull();
  });

  it('reports nothing of inbound calls and of messages', () => {
    expect(parseCallKaroEvent(ended({ try_count: -1 })).report).toBeNull();
    expect(parseCallKaroEvent(raw({ event: 'message_sent', data: { text: 'hi' } }))).toMatchObject({
      eventType: 'message_sent',
      providerCallId: null,
      report: null,
      unknownStatus: null,
    });
  });

  it('takes the id under its other names, and the attempt where there is none', () => {
    const named = (data: object) => parseCallKaroEvent(raw({ event: 'call_ended', data }));
    expect(named({ call_sid: 'x', call_duration: 1 }).providerCallId).toBe('x');
    expect(named({ call_id: 'y', call_duration: 1 }).providerCallId).toBe('y');
    expect(named({ call_metadata: { attemptId: 'a' }, call_duration: 1 })).toMatchObject({
      providerCallId: null,
      attemptId: 'a',
      eventKey: 'call_ended:a:0',
    });
  });
});

describe('a plain status update', () => {
  it.each([
    ['ringing', 'ringing'],
    ['in_progress', 'in-progress'],
    ['completed', 'completed'],
    ['failed', 'failed'],
    ['no_answer', 'no-answer'],
    ['no-answer', 'no-answer'],
    ['No Answer', 'no-answer'],
    ['busy', 'busy'],
  ])('%s is %s', (status, ours) => {
    const event = parseCallKaroEvent(raw({ call_id: 'c1', status }));
    expect(event).toMatchObject({ eventType: `status:${ours}`, unknownStatus: null });
    expect(event.report).toMatchObject({ providerCallId: 'c1', status: ours, endedReason: status });
  });

  it('carries what else is known', () => {
    const body = { callSid: 'c1', status: 'completed', duration: 61, to: 4915112345678, transcript: 'Hi' };
    expect(parseCallKaroEvent(raw({ ...body, metadata: { attemptId: 'a1' } }))).toMatchObject({
      providerCallId: 'c1',
      attemptId: 'a1',
      toNumber: '+4915112345678',
      report: { durationMs: 61_000, transcript: 'Hi', metadata: { attemptId: 'a1' } },
    });
  });

  it('with a status nobody documented is kept and told to nobody', () => {
    const event = parseCallKaroEvent(raw({ call_id: 'c1', status: 'teleported 🛸' }));
    expect(event).toMatchObject({ report: null, providerCallId: 'c1' });
    expect(event.unknownStatus).toMatch(/^teleported\?+$/);
    expect(event.eventType).toMatch(/^[\x21-\x7e]+$/);
  });

  it('is the same event only with the same body', () => {
    const key = (more: object) =>
      parseCallKaroEvent(raw({ call_id: 'c1', status: 'completed', ...more })).eventKey;
    expect(key({})).toBe(key({}));
    expect(key({ transcript: 'Hi' })).not.toBe(key({}));
  });

  it('survives odd contents', () => {
    const odd = { duration: 'long', transcript: 7, recording_url: [], metadata: 'none', to: {} };
    expect(parseCallKaroEvent(raw({ call_id: 'c1', status: 'busy', ...odd }))).toMatchObject({
      toNumber: null,
      report: { status: 'busy', durationMs: null, transcript: null, recordingUrl: null, metadata: {} },
    });
  });
});

describe('what is refused', () => {
  it.each(['', '{', 'null', '[]', '"call_ended"', '{}', '{"event":"call_ended"}', '{"event":7,"data":{}}'])(
    '%j',
    (body) => expect(() => parseCallKaroEvent(Buffer.from(body))).toThrow(InvalidCallEventError),
  );

  it('names every field that is wrong', () => {
    const problems = (body: unknown) => {
      try {
        parseCallKaroEvent(raw(body));
      } catch (error) {
        return (error as InvalidCallEventError).problems.map(({ path }) => path);
      }
      return expect.unreachable();
    };
    expect(problems({ call_id: 'a b', status: 7 })).toEqual(['call_id', 'status']);
    expect(problems({ status: 'busy' })).toEqual(['call_id']);
    expect(problems({ event: 'call_ended', data: { call_duration: 1 } })).toEqual(['data.call_id']);
  });
});

describe('checkCallKaroSecret', () => {
  const check = (header?: string, query?: string) => checkCallKaroSecret({ secret: 's3cret', header, query });
  it('accepts the secret in header or address', () => {
    expect(check('s3cret')).toEqual({ ok: true });
    expect(check(undefined, 's3cret')).toEqual({ ok: true });
  });
  it('refuses anything else', () => {
    expect(check()).toEqual({ ok: false, reason: 'missing' });
    expect(check('', '')).toEqual({ ok: false, reason: 'missing' });
    for (const wrong of ['s3cre', 's3cret ', 'S3CRET']) {
      expect(check(wrong)).toEqual({ ok: false, reason: 'mismatch' });
    }
    expect(check('wrong', 's3cret')).toEqual({ ok: false, reason: 'mismatch' });
  });
  it('checks nothing when no secret is set', () => {
    expect(checkCallKaroSecret({ secret: undefined, header: undefined, query: undefined })).toEqual({
      ok: true,
    });
  });
});
