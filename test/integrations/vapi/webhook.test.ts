import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../integrations/vapi/call-outcome.ts';
import { parseVapiEvent, readVapiReport, verifyVapiRequest } from '../../../integrations/vapi/webhook.ts';
import { InvalidCallEventError } from '../../../shared/daily-calls/call-event.ts';

const raw = (value: unknown) => Buffer.from(JSON.stringify(value));
const call = {
  id: '0b6f3c1e-8f8b-4a52-9d0b-2f1f3c7b8e10',
  orgId: 'org',
  status: 'queued',
  createdAt: '2026-03-01T19:30:00.000Z',
  updatedAt: '2026-03-01T19:30:00.000Z',
  customer: { number: '+4915112345678' },
  assistantOverrides: { variableValues: { name: 'Ada' }, metadata: { attemptId: 'attempt-1', userId: 'u1' } },
};
const message = (more: object) => raw({ message: { timestamp: 1, call, customer: call.customer, ...more } });
const report = (more: object = {}) =>
  message({
    type: 'end-of-call-report',
    endedReason: 'customer-ended-call',
    startedAt: '2026-03-01T19:30:05.000Z',
    endedAt: '2026-03-01T19:31:05.500Z',
    artifact: { transcript: 'AI: Hello!\nUser: Hi!', recordingUrl: 'https://recordings.example/1.wav' },
    analysis: { summary: 'Said hello.' },
    ...more,
  });

describe('parseVapiEvent', () => {
  it('reads an end-of-call report whole', () => {
    expect(parseVapiEvent(report())).toEqual({
      eventType: 'end-of-call-report',
      eventKey: `end-of-call-report:${call.id}`,
      providerCallId: call.id,
      attemptId: 'attempt-1',
      toNumber: '+4915112345678',
      unknownStatus: null,
      report: {
        providerCallId: call.id,
        metadata: { attemptId: 'attempt-1', userId: 'u1' },
        status: 'completed',
        endedReason: 'customer-ended-call',
        startedAt: new Date('2026-03-01T19:30:05.000Z'),
        endedAt: new Date('2026-03-01T19:31:05.500Z'),
        durationMs: 60_500,
        transcript: 'AI: Hello!\nUser: Hi!',
        recordingUrl: 'https://recordings.example/1.wav',
      },
    });
  });

  it.each([
    ['scheduled', 'dialled'],
    ['queued', 'dialled'],
    ['ringing', 'ringing'],
    ['in-progress', 'in-progress'],
    ['forwarding', 'in-progress'],
  ])('the status update %s is %s', (status, ours) => {
    const event = parseVapiEvent(message({ type: 'status-update', status }));
    expect(event).toMatchObject({ eventKey: `status-update:${call.id}:${status}`, unknownStatus: null });
    expect(event.report).toMatchObject({ status: ours, transcript: null, endedAt: null });
  });

  it('waits with the end for the report that has the words', () => {
    const event = parseVapiEvent(
      message({ type: 'status-update', status: 'ended', endedReason: 'voicemail' }),
    );
    expect(event).toMatchObject({ report: null, unknownStatus: null });
  });

  it('keeps a status nobody documented, and tells it to nobody', () => {
    expect(parseVapiEvent(message({ type: 'status-update', status: 'teleported' }))).toMatchObject({
      report: null,
      unknownStatus: 'teleported',
    });
    expect(parseVapiEvent(message({ type: 'status-update', status: 'a b\n' })).unknownStatus).toBe(
      'unreadable',
    );
    expect(parseVapiEvent(message({ type: 'status-update' })).unknownStatus).toBe('none');
  });

  it('ignores what calls do not wait for, each body an event of its own', () => {
    const heard = (transcript: string) => parseVapiEvent(message({ type: 'transcript', transcript }));
    expect(heard('a')).toMatchObject({ eventType: 'transcript', report: null, unknownStatus: null });
    expect(heard('a').eventKey).toBe(heard('a').eventKey);
    expect(heard('a').eventKey).not.toBe(heard('b').eventKey);
    expect(parseVapiEvent(raw({ message: { type: 'assistant-request' } }))).toMatchObject({
      providerCallId: null,
      attemptId: null,
      report: null,
    });
  });

  it('survives odd contents', () => {
    const odd = { startedAt: 7, endedAt: 'soon', artifact: 'none', customer: 'Ada', endedReason: null };
    const event = parseVapiEvent(report({ ...odd, call: { id: 'c1', assistantOverrides: 7 } }));
    expect(event).toMatchObject({ providerCallId: 'c1', attemptId: null, toNumber: null });
    expect(event.report).toMatchObject({
      status: 'failed',
      durationMs: null,
      transcript: null,
      metadata: {},
    });
  });

  it.each(['', '{', 'null', '[]', '{}', '{"message":{}}', '{"message":{"type":7}}'])('refuses %j', (body) => {
    expect(() => parseVapiEvent(Buffer.from(body))).toThrow(InvalidCallEventError);
  });

  it('names the field that is wrong', () => {
    expect(() => parseVapiEvent(report({ call: { id: 'a b' } }))).toThrow('message.call.id');
  });
});

describe('readVapiReport', () => {
  it('reads a server message and a fetched call alike', () => {
    const { startedAt, endedAt, artifact, endedReason } = JSON.parse(report().toString()).message;
    const fetched = raw({ ...call, status: 'ended', startedAt, endedAt, artifact, endedReason });
    expect(readVapiReport(fetched)).toEqual(readVapiReport(report()));
    expect(readVapiReport(raw(call))).toMatchObject({ status: 'dialled' });
    expect(readVapiReport(raw({ ...call, status: 'not-found' }))).toBeNull();
    expect(() => readVapiReport(raw({ status: 'ended' }))).toThrow(InvalidCallEventError);
  });
});

describe('outcomeOf', () => {
  it.each([
    ['customer-busy', 'busy'],
    ['customer-did-not-answer', 'no-answer'],
    ['voicemail', 'voicemail'],
    ['customer-ended-call', 'completed'],
    ['customer-ended-call-during-transfer', 'completed'],
    ['assistant-ended-call-after-message-spoken', 'completed'],
    ['assistant-said-end-call-phrase', 'completed'],
    ['assistant-forwarded-call', 'completed'],
    ['exceeded-max-duration', 'completed'],
    ['silence-timed-out', 'completed'],
    ['call.forwarding.operator-busy', 'completed'],
    ['manually-canceled', 'canceled'],
    ['twilio-failed-to-connect-call', 'failed'],
    ['assistant-not-found', 'failed'],
    ['call.start.error-get-transport', 'failed'],
    ['call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable', 'no-answer'],
    ['call.in-progress.error-providerfault-outbound-sip-503-service-unavailable', 'failed'],
    ['call.in-progress.error-vapifault-eleven-labs-system-busy-and-requested-upgrade', 'failed'],
    ['pipeline-error-openai-llm-failed', 'failed'],
  ])('%s is %s', (reason, status) => expect(outcomeOf(reason, '')).toBe(status));

  it('judges a new reason by whether something was said', () => {
    expect(outcomeOf('sent-a-carrier-pigeon', 'AI: Hello!')).toBe('completed');
    expect(outcomeOf('sent-a-carrier-pigeon', ' ')).toBe('failed');
    expect(outcomeOf(null, null)).toBe('failed');
  });
});

describe('verifyVapiRequest', () => {
  const rawBody = Buffer.from('{"message": {"type":"status-update", "n":1.0}}');
  const sign = (secret: string, body = rawBody) => createHmac('sha256', secret).update(body).digest('hex');
  const verify = (headers: Record<string, string>, secrets = ['new', 'old']) =>
    verifyVapiRequest({ rawBody, headers, secrets });
  const mismatch = { ok: false, reason: 'mismatch' };

  it('accepts each of the three proofs, with any of several secrets', () => {
    for (const secret of ['new', 'old']) {
      expect(verify({ 'x-vapi-secret': secret })).toEqual({ ok: true });
      expect(verify({ authorization: `Bearer ${secret}` })).toEqual({ ok: true });
      expect(verify({ 'x-vapi-signature': sign(secret) })).toEqual({ ok: true });
      expect(verify({ 'x-vapi-signature': `sha256=${sign(secret).toUpperCase()}` })).toEqual({ ok: true });
    }
  });

  it('refuses everything else', () => {
    expect(verify({})).toEqual({ ok: false, reason: 'missing' });
    expect(verify({ 'x-vapi-secret': 'wrong' })).toEqual(mismatch);
    expect(verify({ authorization: 'Bearer wrong' })).toEqual(mismatch);
    expect(verify({ 'x-vapi-signature': sign('wrong') })).toEqual(mismatch);
    expect(verify({ 'x-vapi-signature': sign('new', Buffer.from('other')) })).toEqual(mismatch);
    expect(verify({ 'x-vapi-signature': 'new' })).toEqual(mismatch);
    expect(verify({ 'x-vapi-signature': sign('wrong'), 'x-vapi-secret': 'new' })).toEqual(mismatch);
    expect(verify({ 'x-vapi-secret': 'new' }, [])).toEqual(mismatch);
  });
});
