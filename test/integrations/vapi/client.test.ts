import { type Vapi, VapiClient, VapiError } from '@vapi-ai/server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVapiDialer } from '../../../integrations/vapi/client.ts';
import { createVapiEmulator } from '../../../integrations/vapi/emulator.ts';
import { parseVapiEvent, readVapiReport, verifyVapiRequest } from '../../../integrations/vapi/webhook.ts';
import type { CallProvider } from '../../../shared/daily-calls/providers.ts';
import {
  eventually,
  type Receiver,
  startReceiver,
  startTestHost,
  type TestHost,
} from '../../emulators/fixture.ts';
import { bodies, closedPort, failureOf, newDial } from '../calls.ts';

const apiKey = 'vapi_test';
const webhookSecret = 'vapi_secret';
const agentRef = '5c7a3d2e-1b4f-4c6d-8e9f-0a1b2c3d4e5f';
const phoneNumberId = '6d8b4e3f-2c5a-4d7e-9fa0-1b2c3d4e5f60';
const to = '+4915112345678';

let host: TestHost;
let receiver: Receiver;
let dialer: CallProvider;
const connect = (more: object = {}) =>
  createVapiDialer({ baseUrl: `${host.url}/vapi`, apiKey, phoneNumberId, timeoutMs: 5_000, ...more });
const sdk = () => new VapiClient({ token: apiKey, baseUrl: `${host.url}/vapi`, maxRetries: 0 });
const seed = (answers: object = {}, more: object = {}) =>
  host.seed({
    vapi: {
      assistants: [{ id: agentRef }],
      server: { url: receiver.url },
      answers: { ring_ms: 30, talk_ms: 30, late_ms: 300, ...answers },
      ...more,
    },
  });
const dial = (more: object = {}) => dialer.dial(newDial({ agentRef, to, ...more }));
const events = async (count: number) => (await bodies(receiver, count)).map(parseVapiEvent);
const story = async (count: number) =>
  (await events(count)).map(({ eventType, report }) => `${eventType} ${report?.status ?? '-'}`);
const executed = () => host.ledger('vendor=vapi&operation=calls.create');

beforeEach(async () => {
  [host, receiver] = await Promise.all([
    startTestHost(createVapiEmulator({ apiKey, webhookSecret, phoneNumberIds: [phoneNumberId] })),
    startReceiver(),
  ]);
  dialer = connect();
});
afterEach(async () => {
  await host.close();
  await receiver.close();
});

describe('a call', () => {
  it('rings, is answered and reports, with our metadata in each message', async () => {
    await seed();
    const call = newDial({ agentRef, to });
    const { providerCallId } = await dialer.dial(call);
    const all = await events(4);
    expect(
      new Set(all.map((event) => `${event.providerCallId} ${event.attemptId} ${event.toNumber}`)),
    ).toEqual(new Set([`${providerCallId} ${call.attemptId} ${to}`]));
    const report = all.find(({ eventType }) => eventType === 'end-of-call-report')?.report;
    expect(report).toMatchObject({
      status: 'completed',
      durationMs: 60_000,
      endedReason: 'customer-ended-call',
    });
    expect(report?.transcript).toContain('AI: Good evening!');
    expect((await story(4)).toSorted()).toEqual([
      'end-of-call-report completed',
      'status-update -',
      'status-update in-progress',
      'status-update ringing',
    ]);
    expect(await executed()).toMatchObject([
      { key: call.attemptId, status: 201, request: { customer: { number: to } } },
    ]);
  });

  it.each([
    ['no-answer', 'no-answer'],
    ['busy', 'busy'],
    ['fails', 'failed'],
  ])('%s is never in progress and reported as %s', async (script, status) => {
    await seed({ numbers: { [to]: [script] } });
    await dial();
    expect((await story(3)).toSorted()).toEqual([
      `end-of-call-report ${status}`,
      'status-update -',
      'status-update ringing',
    ]);
  });

  it('is shown by the API in every state, as the webhook tells it', async () => {
    await seed({ numbers: { [to]: [{ script: 'voicemail', ring_ms: 300, talk_ms: 300 }] } });
    const { providerCallId } = await dial();
    const seen = async () => readVapiReport(await dialer.fetchCall(providerCallId));
    expect((await seen())?.status).toMatch(/dialled|ringing/);
    await eventually(seen, (report) => report?.status === 'in-progress');
    const polled = await eventually(seen, (report) => report?.status === 'voicemail');
    const told = (await events(4)).find(({ eventType }) => eventType === 'end-of-call-report');
    expect(polled).toEqual(told?.report);
  });

  it('can be asked for although it never reports', async () => {
    await seed({ numbers: { [to]: ['never-reports'] } });
    const { providerCallId } = await dial();
    await eventually(
      async () => readVapiReport(await dialer.fetchCall(providerCallId)),
      (report) => report?.status === 'completed',
    );
    expect(receiver.received).toEqual([]);
  });

  it('that is unknown is refused', async () => {
    expect(await failureOf(dialer.fetchCall(agentRef))).toMatchObject({ kind: 'rejected', status: 404 });
  });
});

describe('the SDK itself', () => {
  it('reads the calls that the emulator shows, and filters and limits them', async () => {
    await seed({ ring_ms: 5_000 });
    const { providerCallId } = await dial();
    await dial({ to: '+4915112345679' });
    const call: Vapi.Call = await sdk().calls.get({ id: providerCallId });
    expect(call).toMatchObject({ type: 'outboundPhoneCall', assistantId: agentRef, phoneNumberId });
    expect(await sdk().calls.list({})).toHaveLength(2);
    expect(await sdk().calls.list({ limit: 1 })).toHaveLength(1);
    expect(await sdk().calls.list({ assistantId: phoneNumberId })).toEqual([]);
    expect(await sdk().calls.list({ createdAtLt: call.createdAt })).toEqual([]);
    expect(await sdk().calls.list({ createdAtGe: call.createdAt })).toHaveLength(2);
  });

  it('gets its own error for what is refused', async () => {
    await expect(sdk().calls.list({ createdAtGe: 'yesterday' })).rejects.toMatchObject({ statusCode: 400 });
    await expect(sdk().calls.get({ id: 'nobody' })).rejects.toBeInstanceOf(VapiError);
  });
});

describe('what is refused', () => {
  const unknownId = '00000000-0000-4000-8000-000000000000';
  it.each([
    ['a wrong key', () => connect({ apiKey: 'wrong' }).dial(newDial({ agentRef })), 'unauthorized', 401],
    ['a number that is none', () => dial({ to: '015112345678' }), 'rejected', 400],
    ['an assistant id that is no UUID', () => dial({ agentRef: 'agent' }), 'rejected', 400],
    ['an unknown assistant', () => dial({ agentRef: unknownId }), 'rejected', 400],
    [
      'a number of others',
      () => connect({ phoneNumberId: unknownId }).dial(newDial({ agentRef })),
      'rejected',
      400,
    ],
  ])('%s', async (_name, request, kind, status) => {
    await seed();
    const failure = await failureOf(request());
    expect(failure).toMatchObject({ kind, status });
    expect(JSON.stringify(failure)).not.toContain('151123');
    expect(await executed()).toEqual([]);
  });
});

describe('a lost answer', () => {
  const fault = (mode: string, more: object = {}) =>
    host.fault({ vendor: 'vapi', operation: 'calls.create', mode, count: 1, ...more });
  const find = (attemptId: string, dialledAfter = new Date(Date.now() - 1_000)) =>
    dialer.findByAttempt({ attemptId, to, dialledAfter });

  it('executed, then dropped: unknown, and the look-up finds it', async () => {
    await seed();
    await fault('executed-then-drop');
    const call = newDial({ agentRef, to });
    expect((await failureOf(dialer.dial(call))).kind).toBe('unknown-outcome');
    const found = await find(call.attemptId);
    expect(await executed()).toMatchObject([
      { key: call.attemptId, response: { id: found?.providerCallId } },
    ]);
  });

  it('dropped before: unknown, and the look-up finds nothing', async () => {
    await seed();
    await fault('before');
    const call = newDial({ agentRef, to });
    expect((await failureOf(dialer.dial(call))).kind).toBe('unknown-outcome');
    expect(await find(call.attemptId)).toBeNull();
  });

  it('slower than our patience: unknown, placed once', async () => {
    await seed();
    await fault('delay', { delayMs: 1_000 });
    const impatient = connect({ timeoutMs: 150 });
    expect((await failureOf(impatient.dial(newDial({ agentRef })))).kind).toBe('unknown-outcome');
    expect(await executed()).toHaveLength(1);
  });

  it.each([
    [500, 'unknown-outcome'],
    [503, 'unavailable'],
    [429, 'rate-limited'],
  ])('an answer with %i is %s and not repeated', async (status, kind) => {
    await seed();
    await fault('status', { status, headers: { 'retry-after': '7' } });
    expect(await failureOf(dial())).toMatchObject({ kind, ...(status === 429 && { retryAfterMs: 7_000 }) });
    expect(await executed()).toEqual([]);
  });

  it('nobody listens: surely not placed', async () => {
    const lonely = connect({ baseUrl: await closedPort() });
    expect(await failureOf(lonely.dial(newDial({ agentRef })))).toMatchObject({ kind: 'unavailable' });
  });

  it('the look-up goes through all pages, and not behind the time asked for', async () => {
    await seed({ weights: { 'never-reports': 1 } });
    const wanted = newDial({ agentRef, to });
    const { providerCallId } = await dialer.dial(wanted);
    for (let batch = 0; batch < 15; batch += 1) await Promise.all(Array.from({ length: 16 }, () => dial()));
    expect(await find(wanted.attemptId)).toEqual({ providerCallId });
    expect(await find('attempt-of-nobody')).toBeNull();
    expect(await find(wanted.attemptId, new Date(Date.now() + 3_600_000))).toBeNull();
  });

  it('a look-up that fails is no "there is none"', async () => {
    await seed();
    await host.fault({ vendor: 'vapi', operation: 'calls.list', mode: 'status', status: 500, count: 1 });
    expect((await failureOf(find('attempt-of-nobody'))).status).toBe(500);
  });
});

describe('server messages', () => {
  it.each(['secret', 'bearer', 'hmac'])('prove their sender by %s', async (auth) => {
    await seed({}, { server: { url: receiver.url, auth } });
    await dial();
    await events(1);
    const [{ body, headers } = { body: '', headers: {} }] = receiver.received;
    const check = (secret: string) =>
      verifyVapiRequest({ rawBody: Buffer.from(body), headers, secrets: [secret] });
    expect(check(webhookSecret)).toEqual({ ok: true });
    expect(check('other')).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('report twice with one key, late, and for yesterday', async () => {
    await seed({ numbers: { [to]: ['reports-twice'] } });
    await dial();
    const reports = (await events(5)).filter(({ report }) => report?.status === 'completed');
    expect(reports).toHaveLength(2);
    expect(reports[1]).toEqual(reports[0]);

    await seed({ numbers: { '+4930901820': ['reports-for-yesterday'] } });
    const { providerCallId } = await dial({ to: '+4930901820' });
    const ends = (await events(10)).slice(5).filter(({ eventType }) => eventType === 'end-of-call-report');
    expect(ends.map((event) => event.providerCallId === providerCallId)).toEqual([false, true]);
    expect(ends[0]?.report?.metadata).toMatchObject({ userId: 'user-1', localDate: '2026-02-28' });

    await seed({ numbers: { '+4930901821': ['reports-late'] } });
    await dial({ to: '+4930901821' });
    await events(14);
    const [ended, report] = receiver.received.slice(12).map(({ at }) => at);
    expect((report ?? 0) - (ended ?? 0)).toBeGreaterThan(200);
  });
});
