import Retell from 'retell-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRetellEmulator } from '../../../integrations/retell/emulator.ts';
import {
  eventually,
  postJson,
  type Receiver,
  startReceiver,
  startTestHost,
  type TestHost,
} from '../../emulators/fixture.ts';

const API_KEY = 'key_test';
const WEBHOOK_KEY = 'key_webhook';

let host: TestHost;
let receiver: Receiver;
let retell: Retell;

beforeEach(async () => {
  const emulator = createRetellEmulator({ apiKey: API_KEY, webhookKey: WEBHOOK_KEY });
  [host, receiver] = await Promise.all([startTestHost(emulator), startReceiver()]);
  retell = new Retell({ apiKey: API_KEY, baseURL: `${host.url}/retell`, maxRetries: 0 });
});
afterEach(async () => {
  await host.close();
  await receiver.close();
});

const inbound = (more: object = {}) => ({
  agent_id: 'agent_1',
  from_number: '+4915112345678',
  to_number: '+4930901820',
  webhook_url: receiver.url,
  transcript: 'Agent: Hello!\nUser: A haircut on Friday, please.\n',
  analysis: { call_summary: 'Wants a haircut', custom_analysis_data: { service: 'haircut' } },
  gaps_ms: 20,
  ...more,
});
const play = async (more: object = {}) => {
  const response = await postJson(`${host.url}/retell/_emulator/calls`, inbound(more));
  expect(response.status).toBe(201);
  return (await response.json()) as Retell.PhoneCallResponse;
};
interface Event {
  event: string;
  call: Retell.PhoneCallResponse;
}
const events = (count: number) =>
  eventually(
    () => receiver.received.map(({ body }) => JSON.parse(body) as Event),
    (all) => all.length >= count,
  );
const names = async (count: number) => (await events(count)).map(({ event }) => event);

describe('a played inbound call', () => {
  test('sends started, ended, analyzed, signed as the SDK verifies', async () => {
    const played = await play({ metadata: { switchboardKey: 'k1' } });
    const [started, ended, analyzed] = await events(3);
    expect(await names(3)).toEqual(['call_started', 'call_ended', 'call_analyzed']);
    for (const { body, headers } of receiver.received) {
      const signature = String(headers['x-retell-signature']);
      expect(signature).toMatch(/^v=\d{13},d=[0-9a-f]{64}$/);
      expect(await Retell.verify(body, WEBHOOK_KEY, signature)).toBe(true);
      expect(await Retell.verify(`${body} `, WEBHOOK_KEY, signature)).toBe(false);
    }
    expect(started?.call).toMatchObject({
      call_id: played.call_id,
      call_status: 'ongoing',
      direction: 'inbound',
    });
    expect(started?.call).not.toHaveProperty('transcript');
    expect(ended?.call).toMatchObject({
      call_status: 'ended',
      disconnection_reason: 'user_hangup',
      duration_ms: 60_000,
      metadata: { switchboardKey: 'k1' },
    });
    expect(ended?.call).not.toHaveProperty('call_analysis');
    expect(analyzed?.call.call_analysis).toMatchObject({
      call_summary: 'Wants a haircut',
      custom_analysis_data: { service: 'haircut' },
    });
  });

  test('is in the ledger with each delivery and its answer', async () => {
    receiver.answers.push(204);
    const { call_id } = await play({ metadata: { switchboardKey: 'k1' } });
    const rows = await eventually(
      () => host.ledger('vendor=retell'),
      (all) => all.length >= 4,
    );
    expect(rows.map(({ operation, key, status }) => [operation, key, status])).toEqual([
      ['calls.play', 'k1', 201],
      ['webhooks.deliver', `call_started:${call_id}`, 204],
      ['webhooks.deliver', `call_ended:${call_id}`, 200],
      ['webhooks.deliver', `call_analyzed:${call_id}`, 200],
    ]);
  });

  test('a refused webhook comes again', async () => {
    receiver.answers.push(500);
    await play({ events: ['call_ended'] });
    expect(await names(2)).toEqual(['call_ended', 'call_ended']);
  });

  test('a call that never connected has no call_started and no transcript', async () => {
    const { call_id } = await play({ disconnection_reason: 'dial_no_answer' });
    expect(await names(2)).toEqual(['call_ended', 'call_analyzed']);
    const call = await retell.call.retrieve(call_id);
    expect(call.call_status).toBe('not_connected');
    expect(call).not.toHaveProperty('transcript');
  });

  test('events come in the order and number that is asked for', async () => {
    await play({ events: ['call_analyzed', 'call_ended', 'call_ended'], gaps_ms: [0, 60, 60] });
    expect(await names(3)).toEqual(['call_analyzed', 'call_ended', 'call_ended']);
  });

  test('a bad signature is one that the SDK rejects', async () => {
    await play({ bad_signature: true, events: ['call_ended'] });
    await events(1);
    const [{ body, headers } = { body: '', headers: {} as Record<string, string> }] = receiver.received;
    expect(await Retell.verify(body, WEBHOOK_KEY, String(headers['x-retell-signature']))).toBe(false);
  });

  test('get-call knows the outcome at once, the analysis when it is there', async () => {
    const { call_id } = await play({ analysis_delay_ms: 150, events: [] });
    const early = await retell.call.retrieve(call_id);
    expect(early).toMatchObject({ call_status: 'ended', transcript: expect.stringContaining('haircut') });
    expect(early.call_analysis).toBeUndefined();
    const late = await eventually(
      () => retell.call.retrieve(call_id),
      (call) => call.call_analysis !== undefined,
    );
    expect(late.call_analysis?.custom_analysis_data).toEqual({ service: 'haircut' });
  });

  test('an analysis may reach the webhook only, or nobody', async () => {
    const webhookOnly = await play({ analysis_available: 'webhook-only' });
    expect((await events(3))[2]?.call.call_analysis).toBeDefined();
    expect((await retell.call.retrieve(webhookOnly.call_id)).call_analysis).toBeUndefined();
    const never = await play({ analysis_available: 'never' });
    expect((await names(5)).slice(3)).toEqual(['call_started', 'call_ended']);
    expect((await retell.call.rerunAnalysis(never.call_id)).call_analysis).toBeUndefined();
  });

  test('the transcript object follows from the transcript', async () => {
    const call = (await retell.call.retrieve((await play()).call_id)) as Retell.PhoneCallResponse;
    expect(call.transcript_object?.map(({ role, content }) => [role, content])).toEqual([
      ['agent', 'Hello!'],
      ['user', 'A haircut on Friday, please.'],
    ]);
    expect(call.transcript_object?.[1]?.words[0]).toEqual({ word: 'A', start: 0.3, end: 0.6 });
  });

  test('nonsense is refused', async () => {
    const response = await postJson(`${host.url}/retell/_emulator/calls`, { ...inbound(), evnts: [] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      status: 'error',
      message: expect.stringContaining('evnts'),
    });
  });
});

describe('reading calls with the SDK', () => {
  test('an unknown call is a 422, a wrong key a 401', async () => {
    await expect(retell.call.retrieve('call_nobody')).rejects.toBeInstanceOf(Retell.UnprocessableEntityError);
    const stranger = new Retell({ apiKey: 'wrong', baseURL: `${host.url}/retell`, maxRetries: 0 });
    await expect(stranger.call.retrieve('call_nobody')).rejects.toBeInstanceOf(Retell.AuthenticationError);
  });

  test('list filters by metadata, agent, status and time, and leaves transcripts out', async () => {
    const first = await play({ metadata: { switchboardKey: 'k1', n: 1 }, events: [], started_at: 1_000 });
    const second = await play({ metadata: { switchboardKey: 'k2', n: 2 }, events: [], started_at: 2_000 });
    const missed = await play({ agent_id: 'agent_2', events: [], disconnection_reason: 'dial_busy' });
    const ids = async (filter_criteria: Retell.CallListParams['filter_criteria']) => {
      const { items } = await retell.call.list({ filter_criteria: filter_criteria ?? {} });
      return items.map(({ call_id }) => call_id);
    };
    expect(
      await ids({ metadata: [{ type: 'string', op: 'eq', key: 'switchboardKey', value: 'k2' }] }),
    ).toEqual([second.call_id]);
    expect(await ids({ metadata: [{ type: 'number', op: 'ge', key: 'n', value: 1 }] })).toEqual([
      second.call_id,
      first.call_id,
    ]);
    expect(await ids({ metadata: [{ type: 'present', op: 'np', key: 'n' }] })).toEqual([missed.call_id]);
    expect(await ids({ agent: [{ agent_id: 'agent_2' }] })).toEqual([missed.call_id]);
    expect(await ids({ call_status: { type: 'enum', op: 'in', value: ['not_connected'] } })).toEqual([
      missed.call_id,
    ]);
    expect(await ids({ start_timestamp: { type: 'range', op: 'bt', value: [500, 1_500] } })).toEqual([
      first.call_id,
    ]);
    expect(await ids({ from_number: { type: 'string', op: 'sw', value: '+49' } })).toHaveLength(3);
    const { items } = await retell.call.list();
    for (const call of items) expect(call).not.toHaveProperty('transcript');
  });

  test('list pages with a key, skip and total', async () => {
    for (let n = 1; n <= 5; n += 1) await play({ events: [], started_at: n, metadata: { n } });
    const seen: number[] = [];
    let key: string | undefined;
    do {
      const page = await retell.call.list({
        limit: 2,
        sort_order: 'ascending',
        include_total: true,
        ...(key !== undefined && { pagination_key: key }),
      });
      expect(page.total).toBe(5);
      seen.push(...page.items.map(({ metadata }) => (metadata as { n: number }).n));
      key = page.has_more ? page.pagination_key : undefined;
    } while (key !== undefined);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    const older = (await retell.post('/v2/list-calls', {
      body: { filter_criteria: { start_timestamp: { upper_threshold: 2 } } },
    })) as Retell.PhoneCallResponse[];
    expect(older.map(({ metadata }) => (metadata as { n: number }).n)).toEqual([2, 1]);
    expect(older[0]).toHaveProperty('transcript');
  });

  test('update, delete and concurrency', async () => {
    const { call_id } = await play({ events: [] });
    const updated = await retell.call.update(call_id, { metadata: { note: 'x' } });
    expect(updated.metadata).toEqual({ note: 'x' });
    await expect(
      retell.call.update(call_id, { metadata: { note: 'x'.repeat(60_000) } }),
    ).rejects.toBeInstanceOf(Retell.BadRequestError);
    expect(await retell.concurrency.retrieve()).toMatchObject({
      current_concurrency: 0,
      concurrency_limit: 20,
    });
    await retell.call.delete(call_id);
    await expect(retell.call.retrieve(call_id)).rejects.toBeInstanceOf(Retell.UnprocessableEntityError);
  });
});

describe('outbound calls', () => {
  const from_number = '+14157774444';
  const seed = (outbound: object, more: object = {}) =>
    host.seed({
      retell: {
        agents: [{ agent_id: 'agent_out', webhook_url: receiver.url, outbound }],
        phone_numbers: [{ phone_number: from_number, outbound_agent_id: 'agent_out' }],
        ...more,
      },
    });
  const dial = (more: object = {}) =>
    retell.call.createPhoneCall({ from_number, to_number: '+12137774445', ...more });

  test('goes from registered to ended and tells of it', async () => {
    await seed({ gaps_ms: [50, 150, 50], duration_ms: 90_000 });
    const call = await dial({
      metadata: { switchboardKey: 'k9' },
      retell_llm_dynamic_variables: { name: 'Ada' },
    });
    expect(call).toMatchObject({
      call_status: 'registered',
      direction: 'outbound',
      retell_llm_dynamic_variables: { name: 'Ada' },
    });
    const status = async () => (await retell.call.retrieve(call.call_id)).call_status;
    await eventually(status, (now) => now === 'ongoing');
    expect(await retell.concurrency.retrieve()).toMatchObject({ current_concurrency: 1 });
    await eventually(status, (now) => now === 'ended');
    expect(await names(3)).toEqual(['call_started', 'call_ended', 'call_analyzed']);
    expect(await host.ledger('operation=calls.create')).toMatchObject([{ key: 'k9', status: 201 }]);
  });

  test('has no idempotency: after a lost answer the call is to be found by its metadata', async () => {
    await seed({});
    await host.fault({ vendor: 'retell', operation: 'calls.create', mode: 'executed-then-drop', count: 1 });
    await expect(dial({ metadata: { switchboardKey: 'k1' } })).rejects.toBeInstanceOf(
      Retell.APIConnectionError,
    );
    const { items } = await retell.call.list({
      filter_criteria: { metadata: [{ type: 'string', op: 'eq', key: 'switchboardKey', value: 'k1' }] },
    });
    expect(items).toHaveLength(1);
  });

  test.each([
    ['a number that is none', { to_number: '0800' }, Retell.BadRequestError],
    ['a number that is not owned', { from_number: '+14150000000' }, Retell.UnprocessableEntityError],
    ['an unknown agent', { override_agent_id: 'nobody' }, Retell.UnprocessableEntityError],
  ])('refuses %s', async (_name, more, type) => {
    await seed({});
    await expect(dial(more)).rejects.toBeInstanceOf(type);
    expect(await host.ledger()).toEqual([]);
  });

  test('refuses calls above the concurrency limit', async () => {
    await seed({ gaps_ms: [0, 60_000, 0] }, { concurrency_limit: 1 });
    await dial();
    await expect(dial()).rejects.toBeInstanceOf(Retell.RateLimitError);
  });
});
