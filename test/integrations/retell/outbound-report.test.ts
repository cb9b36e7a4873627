import { describe, expect, it } from 'vitest';
import { readRetellReport } from '../../../integrations/retell/outbound-report.ts';
import { InvalidCallEventError } from '../../../shared/daily-calls/call-event.ts';

const raw = (value: unknown) => Buffer.from(JSON.stringify(value));
const call = {
  call_id: 'call_1',
  call_type: 'phone_call',
  call_status: 'ended',
  direction: 'outbound',
  disconnection_reason: 'agent_hangup',
  start_timestamp: 1_772_393_405_000,
  end_timestamp: 1_772_393_465_500,
  duration_ms: 60_500,
  transcript: 'Agent: Hello!\n',
  recording_url: 'https://recordings.example/1.wav',
  metadata: { attemptId: 'attempt-1', userId: 'u1', score: 3 },
};
const report = (more: object) => readRetellReport(raw({ ...call, ...more }));

describe('readRetellReport', () => {
  it('reads a webhook and a fetched call alike', () => {
    const expected = {
      providerCallId: 'call_1',
      metadata: { attemptId: 'attempt-1', userId: 'u1' },
      status: 'completed',
      endedReason: 'agent_hangup',
      startedAt: new Date(1_772_393_405_000),
      endedAt: new Date(1_772_393_465_500),
      durationMs: 60_500,
      transcript: 'Agent: Hello!\n',
      recordingUrl: 'https://recordings.example/1.wav',
    };
    expect(readRetellReport(raw({ event: 'call_ended', call }))).toEqual(expected);
    expect(readRetellReport(raw(call))).toEqual(expected);
  });

  it.each([
    ['user_hangup', 'ended', 'completed'],
    ['inactivity', 'ended', 'completed'],
    ['max_duration_reached', 'ended', 'completed'],
    ['call_transfer', 'ended', 'completed'],
    ['call_take_over', 'ended', 'completed'],
    ['voicemail_reached', 'ended', 'voicemail'],
    ['ivr_reached', 'ended', 'failed'],
    ['scam_detected', 'ended', 'failed'],
    ['manual_stopped', 'ended', 'canceled'],
    ['dial_no_answer', 'not_connected', 'no-answer'],
    ['user_declined', 'not_connected', 'no-answer'],
    ['dial_busy', 'not_connected', 'busy'],
    ['dial_failed', 'not_connected', 'failed'],
    ['invalid_destination', 'not_connected', 'failed'],
    ['telephony_provider_unavailable', 'not_connected', 'failed'],
    ['error_llm_websocket_open', 'error', 'failed'],
  ])('%s (%s) is %s', (disconnection_reason, call_status, status) => {
    expect(report({ disconnection_reason, call_status })).toMatchObject({
      status,
      endedReason: disconnection_reason,
    });
  });

  it('judges a new reason by whether there was a conversation', () => {
    const disconnection_reason = 'sent_a_carrier_pigeon';
    expect(report({ disconnection_reason })?.status).toBe('completed');
    expect(report({ disconnection_reason, duration_ms: 0 })?.status).toBe('failed');
    expect(report({ disconnection_reason, call_status: 'not_connected' })?.status).toBe('failed');
  });

  it('learns of a voicemail from the analysis', () => {
    expect(report({ call_analysis: { in_voicemail: true } })?.status).toBe('voicemail');
  });

  it('tells of a call under way without its contents', () => {
    expect(report({ call_status: 'registered' })).toMatchObject({ status: 'dialled' });
    expect(report({ call_status: 'ongoing' })).toMatchObject({
      status: 'in-progress',
      endedReason: null,
      endedAt: null,
      durationMs: null,
      transcript: null,
    });
  });

  it('has nothing to say of inbound calls, chats and unknown states', () => {
    expect(report({ direction: 'inbound' })).toBeNull();
    expect(report({ call_status: 'teleported' })).toBeNull();
    expect(readRetellReport(raw({ event: 'chat_ended', chat: { chat_id: 'c' } }))).toBeNull();
  });

  it('survives odd contents', () => {
    expect(report({ metadata: 'none', duration_ms: 'long', start_timestamp: 1e300 })).toMatchObject({
      metadata: {},
      durationMs: null,
      startedAt: null,
    });
  });

  it.each(['', '{', 'null', '[]', '{}', '{"event":"call_ended","call":{}}'])('refuses %j', (body) => {
    expect(() => readRetellReport(Buffer.from(body))).toThrow(InvalidCallEventError);
  });
});
