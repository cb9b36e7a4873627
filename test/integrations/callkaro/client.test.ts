import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCallKaroDialer } from '../../../integrations/callkaro/client.ts';
import { createCallKaroEmulator } from '../../../integrations/callkaro/emulator.ts';
import { parseCallKaroEvent } from '../../../integrations/callkaro/webhook.ts';
import type { CallProvider } from '../../../shared/daily-calls/providers.ts';
import {
  eventually,
  type Receiver,
  startReceiver,
  startTestHost,
  type TestHost,
} from '../../emulators/fixture.ts';
import { bodies, closedPort, failureOf, newDial } from '../calls.ts';

const API_KEY = 'callkaro_test';
const agentRef = '65f1c0ffee65f1c0ffee65f1';
const to = '+4915112345678';

let host: TestHost;
let receiver: Receiver;
let dialer: CallProvider;
const connect = (more: object = {}) =>
  createCallKaroDialer({ baseUrl: `${host.url}/callkaro`, apiKey: API_KEY, timeoutMs: 5_000, ...more });
const seed = (answers: object = {}, more: object = {}) =>
  host.seed({
    callkaro: {
      agents: [{ agent_id: agentRef }],
      webhook_url: receiver.url,
      answers: { ring_ms: 20, talk_ms: 20, late_ms: 200, ...answers },
      ...more,
    },
  });
const dial = (more: object = {}) => dialer.dial(newDial({ agentRef, to, ...more }));
const events = async (count: number) => (await bodies(receiver, count)).map(parseCallKaroEvent);
const executed = () => host.ledger('vendor=callkaro&operation=calls.create');
/** Waits until the emulator has noted the answers to so many webhooks; returns what it noted. */
const told = (count: number) =>
  eventually(
    () => host.ledger('operation=webhooks.deliver'),
    (all) => all.length >= count,
  );

beforeEach(async () => {
  [host, receiver] = await Promise.all([
    startTestHost(createCallKaroEmulator({ apiKey: API_KEY })),
    startReceiver(),
  ]);
  dialer = connect();
});
afterEach(async () => {
  await host.close();
  await receiver.close();
});

describe('dialling', () => {
  it('places a call that reports with our metadata', async () => {
    await seed();
    const call = newDial({ agentRef, to });
    const { providerCallId } = await dialer.dial(call);
    const [event] = await events(1);
    expect(event).toMatchObject({
      providerCallId,
      attemptId: call.attemptId,
      toNumber: to,
      report: { status: 'completed', durationMs: 60_000, metadata: { userId: 'user-1' } },
    });
    expect(event?.report?.transcript).toContain('User: Good, thank you.');
    expect(await executed()).toMatchObject([
      { key: call.attemptId, status: 200, request: { to_number: to, number_of_retries: 0 } },
    ]);
  });

  it.each([
    ['no-answer', 'no-answer'],
    ['busy', 'busy'],
    ['voicemail', 'voicemail'],
    ['fails', 'failed'],
  ])('%s is reported as %s', async (script, status) => {
    await seed({ numbers: { [to]: [script] } });
    await dial();
    expect((await events(1))[0]?.report?.status).toBe(status);
  });

  it('goes unanswered first and is answered then, also after a restart of the emulator', async () => {
    await seed({ numbers: { [to]: ['no-answer', 'answers'] } });
    await dial();
    await events(1);
    // Until it has noted the answer the emulator would tell it again after its restart, as the vendor may.
    await told(1);
    await host.restart();
    dialer = connect();
    await dial();
    const statuses = (await events(2)).map(({ report }) => report?.status);
    expect(statuses).toEqual(['no-answer', 'completed']);
  });

  it('can neither look up nor poll', async () => {
    const query = { attemptId: 'a', to, dialledAfter: new Date() };
    expect(await failureOf(dialer.findByAttempt(query))).toMatchObject({ code: 'not-supported' });
    expect(await failureOf(dialer.fetchCall('sid'))).toMatchObject({ code: 'not-supported' });
    expect(dialer.capabilities).toEqual({
      canLookUp: false,
      canPoll: false,
      signsWebhooks: false,
      sendsStarted: false,
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a wrong key', () => connect({ apiKey: 'wrong' }).dial(newDial({ agentRef, to })), 'unauthorized', 403],
    ['a number that is none', () => dial({ to: '015112345678' }), 'rejected', 400],
    ['an agent id of another shape', () => dial({ agentRef: 'agent' }), 'rejected', 400],
    ['an unknown agent', () => dial({ agentRef: '0'.repeat(24) }), 'rejected', 404],
  ])('%s', async (_name, request, kind, status) => {
    await seed();
    const failure = await failureOf(request());
    expect(failure).toMatchObject({ kind, status });
    expect(JSON.stringify(failure)).not.toContain('151123');
    expect(await executed()).toEqual([]);
  });
});

describe('a lost answer', () => {
  it.each(['before', 'executed-then-drop'])('%s is unknown', async (mode) => {
    await seed();
    await host.fault({ vendor: 'callkaro', operation: 'calls.create', mode, count: 1 });
    expect((await failureOf(dial())).kind).toBe('unknown-outcome');
    expect(await executed()).toHaveLength(mode === 'before' ? 0 : 1);
  });

  it('slower than our patience is unknown', async () => {
    await seed();
    await host.fault({
      vendor: 'callkaro',
      operation: 'calls.create',
      mode: 'delay',
      delayMs: 1_000,
      count: 1,
    });
    expect((await failureOf(connect({ timeoutMs: 100 }).dial(newDial({ agentRef })))).kind).toBe(
      'unknown-outcome',
    );
    expect(await executed()).toHaveLength(1);
  });

  it.each([
    [500, 'unknown-outcome'],
    [502, 'unknown-outcome'],
    [503, 'unavailable'],
    [429, 'rate-limited'],
  ])('an answer with %i is %s and not repeated', async (status, kind) => {
    await seed();
    await host.fault({
      vendor: 'callkaro',
      operation: 'calls.create',
      mode: 'status',
      status,
      headers: { 'retry-after': '7' },
      count: 1,
    });
    expect(await failureOf(dial())).toMatchObject({ kind, ...(status === 429 && { retryAfterMs: 7_000 }) });
    expect(await executed()).toEqual([]);
  });

  it('nobody listens: surely not placed', async () => {
    const lonely = connect({ baseUrl: await closedPort() });
    expect(await failureOf(lonely.dial(newDial({ agentRef })))).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['{"status":"done","call_id":"c-7"}', 'c-7'],
    ['{"status":"done"}', null],
    ['<html>', null],
  ])('a success that reads %j', async (answer, id) => {
    const server = createServer((_request, response) => void response.end(answer)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const odd = connect({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const placed = odd.dial(newDial({ agentRef }));
    if (id) expect(await placed).toEqual({ providerCallId: id });
    else expect(await failureOf(placed)).toMatchObject({ kind: 'unknown-outcome', code: 'unreadable' });
    server.close();
  });
});

describe('reports', () => {
  it('arrive twice when account and agent have our address, as one event', async () => {
    await seed({}, { agents: [{ agent_id: agentRef, webhook_url: `${receiver.url}?agent` }] });
    await dial();
    const keys = (await events(2)).map(({ eventKey }) => eventKey);
    expect(new Set(keys).size).toBe(1);
  });

  it('twice, with one key', async () => {
    await seed({ numbers: { [to]: ['reports-twice'] } });
    await dial();
    const [first, second] = await events(2);
    expect(second).toEqual(first);
  });

  it('late', async () => {
    await seed({ numbers: { [to]: ['reports-late'] } });
    const dialledAt = Date.now();
    await dial();
    await events(1);
    expect((receiver.received[0]?.at ?? 0) - dialledAt).toBeGreaterThan(200);
  });

  it('never: the next call to the number is the first that is heard of', async () => {
    await seed({ numbers: { [to]: ['never-reports', 'busy'] } });
    await dial();
    const { providerCallId } = await dial();
    const [only, ...more] = await events(1);
    expect([only?.providerCallId, more]).toEqual([providerCallId, []]);
    expect(await told(1)).toHaveLength(1);
  });

  it('for yesterday: a call nobody knows comes first', async () => {
    await seed({ numbers: { [to]: ['reports-for-yesterday'] } });
    const { providerCallId } = await dial();
    const [stranger, own] = await events(2);
    expect(stranger?.providerCallId).not.toBe(providerCallId);
    expect(stranger?.report?.metadata).toMatchObject({ userId: 'user-1', localDate: '2026-02-28' });
    expect(own?.providerCallId).toBe(providerCallId);
  });

  it('for an earlier attempt, as an event that was not there before', async () => {
    await seed({ numbers: { [to]: ['no-answer', 'reports-for-yesterday'] } });
    const first = await dial();
    await events(1);
    const second = await dial();
    const all = await events(3);
    expect(all.map(({ providerCallId }) => providerCallId)).toEqual([
      first.providerCallId,
      first.providerCallId,
      second.providerCallId,
    ]);
    expect(all[1]?.eventKey).not.toBe(all[0]?.eventKey);
  });

  it('come again after a refusal, and after a restart', async () => {
    receiver.answers.push(500);
    await seed();
    await dial();
    await told(1);
    await host.restart();
    const keys = (await events(2)).map(({ eventKey }) => eventKey);
    expect(new Set(keys).size).toBe(1);
    expect((await told(2)).map(({ status }) => status)).toEqual([500, 200]);
  });
});
