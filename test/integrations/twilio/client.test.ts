import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classifyTwilioError } from '../../../integrations/twilio/client.ts';
import { classifyAnswer, classifyDeliveryError } from '../../../integrations/twilio/error-codes.ts';
import { errorOf, from, startTwilio, to } from './fixture.ts';

let twilio: Awaited<ReturnType<typeof startTwilio>>;
beforeAll(async () => {
  twilio = await startTwilio();
});
afterAll(() => twilio.host.close());
beforeEach(async () => {
  await fetch(`${twilio.host.url}/_emulator/faults`, { method: 'DELETE' });
  await fetch(`${twilio.host.url}/_emulator/state`, { method: 'DELETE' });
});

const fault = (mode: string, more: object = {}) =>
  twilio.host.fault({ vendor: 'twilio', operation: 'messages.create', mode, count: 1, ...more });
const executed = () => twilio.host.ledger('vendor=twilio&operation=messages.create');

describe('sendSms and findMessage', () => {
  it('sends once and finds the message by its reference', async () => {
    const sentAfter = new Date();
    const sent = await twilio.client.sendSms({ from, to, body: 'Friday at 15:00. ref abc12345' });
    expect(sent).toEqual({ sid: expect.stringMatching(/^SM[0-9a-f]{32}$/), status: 'queued' });
    const found = await twilio.client.findMessage({ to, reference: 'abc12345', sentAfter });
    expect(found?.sid).toBe(sent.sid);
    expect(await twilio.client.findMessage({ to, reference: 'zzz99999', sentAfter })).toBeNull();
    expect(await twilio.client.findMessage({ to: from, reference: 'abc12345', sentAfter })).toBeNull();
  });

  it('goes through all pages, and stops at messages older than the effect', async () => {
    const sentAfter = new Date();
    const wanted = await twilio.client.sendSms({ from, to, body: 'first. ref first-one' });
    for (let i = 0; i < 120; i++) await twilio.client.sendSms({ from, to, body: `number ${i}` });
    const lookUp = (since: Date) =>
      twilio.client.findMessage({ to, reference: 'first-one', sentAfter: since });
    expect((await lookUp(sentAfter))?.sid).toBe(wanted.sid);
    expect(await lookUp(new Date(Date.now() + 3_600_000))).toBeNull();
  });

  it('repeats nothing by itself', async () => {
    await fault('status', { status: 429, count: 1 });
    const error = await errorOf(twilio.client.sendSms({ from, to, body: 'once' }));
    expect(classifyTwilioError(error).kind).toBe('rate-limited');
    expect(await executed()).toHaveLength(0);
  });
});

describe('a lost answer', () => {
  it('executed, then dropped: unknown, and the look-up finds it', async () => {
    const sentAfter = new Date();
    await fault('executed-then-drop');
    const error = await errorOf(twilio.client.sendSms({ from, to, body: 'hello. ref lost-answer' }));
    expect(classifyTwilioError(error).kind).toBe('unknown-outcome');
    expect(await twilio.client.findMessage({ to, reference: 'lost-answer', sentAfter })).not.toBeNull();
    expect(await executed()).toMatchObject([{ key: 'lost-answer', status: 201 }]);
  });

  it('dropped before: unknown, and the look-up finds nothing', async () => {
    const sentAfter = new Date();
    await fault('before');
    const error = await errorOf(twilio.client.sendSms({ from, to, body: 'hello. ref never-sent' }));
    expect(classifyTwilioError(error).kind).toBe('unknown-outcome');
    expect(await twilio.client.findMessage({ to, reference: 'never-sent', sentAfter })).toBeNull();
  });

  it('slower than our patience: unknown', async () => {
    await fault('delay', { delayMs: 1_000 });
    const impatient = twilio.connect({ timeoutMs: 200 });
    const error = await errorOf(impatient.sendSms({ from, to, body: 'slow. ref too-slow-1' }));
    expect(classifyTwilioError(error).kind).toBe('unknown-outcome');
    expect(await executed()).toMatchObject([{ key: 'too-slow-1' }]);
  });

  it('nobody listens: surely not sent', async () => {
    const lonely = twilio.connect({ baseUrl: 'http://127.0.0.1:9' });
    const error = await errorOf(lonely.sendSms({ from, to, body: 'hello' }));
    expect(classifyTwilioError(error)).toMatchObject({ kind: 'unavailable', code: 'ECONNREFUSED' });
  });
});

describe('classifyTwilioError', () => {
  it.each([
    [
      429,
      { code: 20429, message: 'Too Many Requests', status: 429 },
      { 'retry-after': '7' },
      'rate-limited',
      7_000,
    ],
    [429, { code: 20429, message: 'Too Many Requests', status: 429 }, {}, 'rate-limited', undefined],
    [503, { code: 20503, message: 'Service unavailable', status: 503 }, {}, 'unavailable', undefined],
    [500, { code: 20500, message: 'Internal error', status: 500 }, {}, 'unknown-outcome', undefined],
    [502, '<html>Bad gateway</html>', {}, 'unknown-outcome', undefined],
    [418, { message: 'new and unlisted', status: 418 }, {}, 'rejected', undefined],
  ])('%i %o with %o is %s', async (status, body, headers, kind, retryAfterMs) => {
    await fault('status', { status, body, headers });
    const error = await errorOf(twilio.client.sendSms({ from, to, body: 'x' }));
    const failure = classifyTwilioError(error);
    expect(failure).toMatchObject({ kind, status });
    expect(failure.retryAfterMs).toBe(retryAfterMs);
  });

  it('tells wrong credentials from a bad recipient', async () => {
    const wrongKey = await errorOf(twilio.connect({ authToken: 'wrong' }).sendSms({ from, to, body: 'x' }));
    expect(classifyTwilioError(wrongKey)).toMatchObject({ kind: 'unauthorized', code: '20003', status: 401 });
    const badNumber = await errorOf(twilio.client.sendSms({ from, to: '+4912', body: 'x' }));
    expect(classifyTwilioError(badNumber)).toMatchObject({ kind: 'rejected', code: '21211', status: 400 });
  });

  it('repeats no number and no text', async () => {
    const secret = 'Dear Lena Hoffmann';
    for (const bad of ['+15005550001', '+15005550004', '+15005550009']) {
      const error = await errorOf(twilio.client.sendSms({ from, to: bad, body: secret }));
      expect(JSON.stringify(classifyTwilioError(error))).not.toMatch(/\+?15005550|4930901820|Lena/);
    }
  });

  it('knows what carriers report later', () => {
    expect(classifyDeliveryError(30_003)).toMatchObject({ kind: 'rejected', code: '30003' });
    expect(classifyDeliveryError(30_001)).toMatchObject({ kind: 'rate-limited' });
    expect(classifyDeliveryError(39_999)).toMatchObject({ kind: 'rejected', code: '39999' });
  });

  it.each([
    [21_211, 'rejected'],
    [21_610, 'rejected'],
    [21_614, 'rejected'],
    [21_408, 'rejected'],
    [21_606, 'unauthorized'],
    [20_003, 'unauthorized'],
    [20_429, 'rate-limited'],
    [21_611, 'rate-limited'],
    [20_503, 'unavailable'],
    [20_500, 'unknown-outcome'],
  ])('code %i is %s', (code, kind) => {
    expect(classifyAnswer(400, code)).toMatchObject({ kind, code: String(code) });
  });
});
