import Retell from 'retell-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRetellEmulator } from '../../../integrations/retell/emulator.ts';
import { createRetellDialer } from '../../../integrations/retell/outbound.ts';
import { readRetellReport } from '../../../integrations/retell/outbound-report.ts';
import type { CallProvider } from '../../../shared/daily-calls/providers.ts';
import {
  eventually,
  type Receiver,
  startReceiver,
  startTestHost,
  type TestHost,
} from '../../emulators/fixture.ts';
import { bodies, closedPort, failureOf, newDial } from '../calls.ts';

const apiKey = 'key_test';
const fromNumber = '+14155550100';
const agentRef = 'agent_daily';
const to = '+12137774445';

let host: TestHost;
let receiver: Receiver;
let dialer: CallProvider;
const connect = (more: object = {}) =>
  createRetellDialer({ baseUrl: `${host.url}/retell`, apiKey, fromNumber, timeoutMs: 5_000, ...more });
const seed = (answers: object = {}) =>
  host.seed({
    retell: {
      agents: [{ agent_id: agentRef, webhook_url: receiver.url }],
      answers: { ring_ms: 30, talk_ms: 30, late_ms: 300, ...answers },
    },
  });
const dial = (more: object = {}) => dialer.dial(newDial({ agentRef, to, ...more }));
const story = async (count: number) =>
  (await bodies(receiver, count)).map((body) => {
    const { event } = JSON.parse(body.toString()) as { event: string };
    return `${event} ${readRetellReport(body)?.status ?? '-'}`;
  });
const executed = () => host.ledger('vendor=retell&operation=calls.create');

beforeEach(async () => {
  [host, receiver] = await Promise.all([
    startTestHost(createRetellEmulator({ apiKey, webhookKey: 'hook', numbers: [fromNumber] })),
    startReceiver(),
  ]);
  dialer = connect();
});
afterEach(async () => {
  await host.close();
  await receiver.close();
});

describe('a call', () => {
  it('goes by the answer plan and reports with our metadata', async () => {
    await seed();
    const call = newDial({ agentRef, to });
    const { providerCallId } = await dialer.dial(call);
    expect(await story(3)).toEqual([
      'call_started in-progress',
      'call_ended completed',
      'call_analyzed completed',
    ]);
    const [, ended] = await bodies(receiver, 3);
    expect(readRetellReport(ended as Buffer)).toMatchObject({
      providerCallId,
      metadata: { ...call.metadata, attemptId: call.attemptId },
      endedReason: 'user_hangup',
      durationMs: 60_000,
      transcript: expect.stringContaining('User: Good, thank you.'),
    });
    expect(await executed()).toMatchObject([
      {
        key: call.attemptId,
        request: { to_number: to, from_number: fromNumber, retell_llm_dynamic_variables: { name: 'Ada' } },
      },
    ]);
  });

  it.each([
    ['no-answer', 'no-answer'],
    ['busy', 'busy'],
    ['fails', 'failed'],
  ])('%s never starts and is reported as %s', async (script, status) => {
    await seed({ numbers: { [to]: [script] } });
    await dial();
    expect(await story(2)).toEqual([`call_ended ${status}`, `call_analyzed ${status}`]);
  });

  it('is shown by the API in every state', async () => {
    await seed({ numbers: { [to]: [{ script: 'voicemail', ring_ms: 300, talk_ms: 300 }] } });
    const { providerCallId } = await dial();
    const seen = async () => readRetellReport(await dialer.fetchCall(providerCallId))?.status;
    expect(await seen()).toBe('dialled');
    await eventually(seen, (status) => status === 'in-progress');
    await eventually(seen, (status) => status === 'voicemail');
  });

  it('can be asked for although it never reports', async () => {
    await seed({ numbers: { [to]: [{ script: 'never-reports', ends: 'busy' }, 'answers'] } });
    const { providerCallId } = await dial();
    await eventually(
      async () => readRetellReport(await dialer.fetchCall(providerCallId)),
      (report) => report?.status === 'busy',
    );
    expect(receiver.received).toEqual([]);
  });

  it('reports twice, late, and for yesterday', async () => {
    await seed({ numbers: { [to]: ['reports-twice', 'reports-late', 'reports-for-yesterday'] } });
    await dial();
    expect((await story(5)).toSorted()).toEqual([
      'call_analyzed completed',
      'call_analyzed completed',
      'call_ended completed',
      'call_ended completed',
      'call_started in-progress',
    ]);
    const earlier = await dial();
    await story(8);
    const [started, ended] = receiver.received.slice(5).map(({ at }) => at);
    expect((ended ?? 0) - (started ?? 0)).toBeGreaterThan(250);
    await dial();
    const ids = (await bodies(receiver, 12)).slice(8).map((body) => readRetellReport(body)?.providerCallId);
    expect(ids.filter((id) => id === earlier.providerCallId)).toHaveLength(1);
    const before = receiver.received.length;
    await seed({ numbers: { '+12137774446': ['reports-for-yesterday'] } });
    await dial({ to: '+12137774446' });
    const reports = (await bodies(receiver, before + 4)).slice(before).map(readRetellReport);
    expect(reports.filter((report) => report?.metadata.localDate === '2026-02-28')).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it.each([
    ['a wrong key', () => connect({ apiKey: 'wrong' }).dial(newDial({ agentRef })), 'unauthorized', 401],
    ['a number that is none', () => dial({ to: '0800' }), 'rejected', 400],
    ['an unknown agent', () => dial({ agentRef: 'nobody' }), 'rejected', 422],
    [
      'a number of others',
      () => connect({ fromNumber: '+14155550199' }).dial(newDial({ agentRef })),
      'rejected',
      422,
    ],
  ])('%s', async (_name, request, kind, status) => {
    await seed();
    expect(await failureOf(request())).toMatchObject({ kind, status });
    expect(await executed()).toEqual([]);
  });

  it('a call that is unknown', async () => {
    expect(await failureOf(dialer.fetchCall('call_nobody'))).toMatchObject({ kind: 'rejected', status: 422 });
  });
});

describe('a lost answer', () => {
  const fault = (mode: string, more: object = {}) =>
    host.fault({ vendor: 'retell', operation: 'calls.create', mode, count: 1, ...more });
  const find = (attemptId: string) => dialer.findByAttempt({ attemptId, to, dialledAfter: new Date() });

  it('executed, then dropped: unknown, and the look-up finds it among others', async () => {
    await seed();
    await dial();
    await fault('executed-then-drop');
    const call = newDial({ agentRef, to });
    expect((await failureOf(dialer.dial(call))).kind).toBe('unknown-outcome');
    await dial();
    const found = await find(call.attemptId);
    expect((await executed())[1]).toMatchObject({
      key: call.attemptId,
      response: { call_id: found?.providerCallId },
    });
  });

  it('dropped before: unknown, and the look-up finds nothing', async () => {
    await seed();
    await dial();
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
    [402, 'unauthorized'],
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
});

it('an agent without an answer plan goes by its own script, as before', async () => {
  await host.seed({
    retell: {
      agents: [
        { agent_id: agentRef, webhook_url: receiver.url, outbound: { disconnection_reason: 'dial_busy' } },
      ],
    },
  });
  const { providerCallId } = await dial();
  expect(await story(2)).toEqual(['call_ended busy', 'call_analyzed busy']);
  const sdk = new Retell({ apiKey, baseURL: `${host.url}/retell`, maxRetries: 0 });
  expect((await sdk.call.retrieve(providerCallId)).disconnection_reason).toBe('dial_busy');
});
