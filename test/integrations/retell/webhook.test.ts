import { Retell } from 'retell-sdk';
import { describe, expect, it } from 'vitest';
import {
  InvalidRetellEventError,
  isCallLifeEvent,
  parseRetellEvent,
  retellCallSchema,
  verifyRetellSignature,
} from '../../../integrations/retell/webhook.ts';

const call = {
  call_id: 'call_1',
  call_type: 'phone_call',
  agent_id: 'agent_1',
  agent_version: 3,
  call_status: 'ended',
  direction: 'inbound',
  from_number: '+4915112345678',
  to_number: '+4930901820',
};
const raw = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('verifyRetellSignature', () => {
  const rawBody = Buffer.from('{"event":"call_ended",  "call":{"summary":"Grüße \\u00e9", "cost":1.0}}');
  const sign = (key: string) => Retell.sign(rawBody.toString(), key);
  const timeOf = (header: string) => Number(/v=(\d+)/.exec(header)?.[1]);

  it("accepts the vendor's own signature over the raw bytes", async () => {
    const header = await sign('key_a');
    const nowMs = timeOf(header);
    expect(verifyRetellSignature({ rawBody, header, keys: ['key_a'], nowMs })).toEqual({ ok: true });
    expect(await Retell.verify(rawBody.toString(), 'key_a', header)).toBe(true);
  });

  it('accepts any of several keys, so that a key can be changed without a gap', async () => {
    const header = await sign('key_old');
    const nowMs = timeOf(header);
    const keys = ['key_new', 'key_old'];
    expect(verifyRetellSignature({ rawBody, header, keys, nowMs })).toEqual({ ok: true });
  });

  it('refuses another key, another body and another time stamp', async () => {
    const header = await sign('key_a');
    const nowMs = timeOf(header);
    const mismatch = { ok: false, reason: 'mismatch' };
    expect(verifyRetellSignature({ rawBody, header, keys: ['key_b'], nowMs })).toEqual(mismatch);
    expect(verifyRetellSignature({ rawBody, header, keys: [], nowMs })).toEqual(mismatch);
    const reserialised = raw(JSON.parse(rawBody.toString()));
    expect(verifyRetellSignature({ rawBody: reserialised, header, keys: ['key_a'], nowMs })).toEqual(
      mismatch,
    );
    const moved = header.replace(String(nowMs), String(nowMs + 1));
    expect(verifyRetellSignature({ rawBody, header: moved, keys: ['key_a'], nowMs })).toEqual(mismatch);
  });

  it('refuses a genuine signature that is more than five minutes off, in both directions', async () => {
    const header = await sign('key_a');
    const signedAt = timeOf(header);
    const check = (nowMs: number) => verifyRetellSignature({ rawBody, header, keys: ['key_a'], nowMs });
    expect(check(signedAt + 300_000)).toEqual({ ok: true });
    expect(check(signedAt + 300_001)).toEqual({ ok: false, reason: 'stale' });
    expect(check(signedAt - 300_001)).toEqual({ ok: false, reason: 'stale' });
  });

  it.each([undefined, '', 'v=1,d=ab', 'v=1', `d=${'a'.repeat(64)}`, `v=x,d=${'a'.repeat(64)}`])(
    'refuses the header %j without looking at the body',
    (header) => {
      const reason = header ? 'malformed' : 'missing';
      expect(verifyRetellSignature({ rawBody, header, keys: ['key_a'], nowMs: 1 })).toEqual({
        ok: false,
        reason,
      });
    },
  );
});

describe('parseRetellEvent', () => {
  it('reads who and what an event is about; the type and the call are its key', () => {
    expect(parseRetellEvent(raw({ event: 'call_ended', call }))).toEqual({
      eventType: 'call_ended',
      eventKey: 'call_ended:call_1',
      callId: 'call_1',
      agentId: 'agent_1',
      toNumber: '+4930901820',
      fromNumber: '+4915112345678',
      direction: 'inbound',
    });
  });

  it('tells repeatable events of one call apart by their body', () => {
    const key = (transcript: string) =>
      parseRetellEvent(raw({ event: 'transcript_updated', call: { ...call, transcript } })).eventKey;
    expect(key('a')).toMatch(/^transcript_updated:call_1:[0-9a-f]{64}$/);
    expect(key('a')).toBe(key('a'));
    expect(key('a')).not.toBe(key('b'));
    expect(isCallLifeEvent('transcript_updated')).toBe(false);
  });

  it('reads web calls, chats, and values that the vendor adds later', () => {
    const { from_number: _, to_number: __, direction: ___, ...webCall } = call;
    expect(parseRetellEvent(raw({ event: 'call_started', call: webCall }))).toMatchObject({
      toNumber: null,
      direction: null,
    });
    expect(parseRetellEvent(raw({ event: 'chat_ended', chat: { chat_id: 'chat_1' } }))).toMatchObject({
      eventType: 'chat_ended',
      callId: null,
    });
    expect(
      parseRetellEvent(raw({ event: 'call_teleported', call: { ...call, call_status: 'elsewhere' } })),
    ).toMatchObject({ eventType: 'call_teleported', callId: 'call_1' });
  });

  it('names every field that is wrong', () => {
    const broken = raw({ event: '', call: { ...call, call_id: undefined, to_number: 49 } });
    try {
      parseRetellEvent(broken);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidRetellEventError);
      const { reason, problems } = error as InvalidRetellEventError;
      expect(reason).toBe('fields');
      expect(problems.map(({ path }) => path).toSorted()).toEqual([
        'call.call_id',
        'call.to_number',
        'event',
      ]);
    }
  });

  it.each(['', '{', 'null', '[]', '"call_ended"', '{"event":"call_ended"}'])('refuses %j', (body) => {
    expect(() => parseRetellEvent(Buffer.from(body))).toThrow(InvalidRetellEventError);
  });

  it('refuses ids that could not be keys', () => {
    for (const call_id of ['', ' ', 'a\0b', 'a\nb', 'x'.repeat(201)]) {
      expect(() => parseRetellEvent(raw({ event: 'call_ended', call: { ...call, call_id } }))).toThrow(
        'call_id',
      );
    }
  });
});

describe('retellCallSchema', () => {
  it('reads contents of the wrong type as null, so that the call itself is not lost', () => {
    const odd = { ...call, transcript: 7, duration_ms: 'long', call_analysis: { call_successful: 'yes' } };
    expect(retellCallSchema.parse(odd)).toMatchObject({
      call_id: 'call_1',
      transcript: null,
      duration_ms: null,
      call_analysis: { call_successful: null },
    });
  });
});
