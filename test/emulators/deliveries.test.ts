import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  eventually,
  postJson,
  type Receiver,
  startReceiver,
  startTestHost,
  type TestHost,
} from './fixture.ts';
import { toyEmulator } from './toy-emulator.ts';

let host: TestHost;
let receiver: Receiver;
beforeEach(async () => {
  [host, receiver] = await Promise.all([startTestHost(toyEmulator), startReceiver()]);
});
afterEach(async () => {
  await host.close();
  await receiver.close();
});

const send = (keys: string[], more: object = {}) =>
  postJson(`${host.url}/toy/webhooks`, { url: receiver.url, keys, ...more });
const received = (count: number) =>
  eventually(
    () => receiver.received.map(({ body }) => (JSON.parse(body) as { key: string }).key),
    (keys) => keys.length >= count,
  );
const rows = (count: number) =>
  eventually(
    () => host.ledger('operation=webhooks.deliver'),
    (all) => all.length >= count,
  );
const plan = (more: object) =>
  host.fault({ vendor: 'toy', operation: 'webhooks.deliver', count: 1, ...more });

test('a webhook is signed, posted once and in the ledger with its answer', async () => {
  await send(['a']);
  await received(1);
  expect(receiver.received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-toy-signature': 'signed with care',
  });
  expect(await rows(1)).toMatchObject([{ key: 'a', status: 200, response: { attempt: 1 } }]);
});

test('non-2xx and silence are tried again until the attempts are used up', async () => {
  receiver.answers.push(500, 302, 0, 503);
  await send(['a'], { timeoutMs: 100 });
  const all = await rows(4);
  expect(all.map(({ status, response }) => [status, response])).toEqual([
    [500, { attempt: 1 }],
    [302, { attempt: 2 }],
    [0, { attempt: 3 }],
    [503, { attempt: 4 }],
  ]);
  await send(['b']);
  expect(await received(5)).toEqual(['a', 'a', 'a', 'a', 'b']);
});

test('duplicate posts twice, before loses an attempt', async () => {
  await plan({ mode: 'duplicate' });
  await send(['a']);
  expect(await received(2)).toEqual(['a', 'a']);
  await plan({ mode: 'before' });
  await send(['b']);
  await received(3);
  const row = (await rows(3)).at(-1);
  expect(row).toMatchObject({ key: 'b', status: 200, response: { attempt: 2 } });
});

test('reorder lets the next webhook overtake', async () => {
  await plan({ mode: 'reorder' });
  await send(['first']);
  await send(['second']);
  expect(await received(2)).toEqual(['second', 'first']);
});

test('a held webhook leaves even when no other comes', async () => {
  await plan({ mode: 'reorder', delayMs: 50 });
  await send(['only']);
  expect(await received(1)).toEqual(['only']);
});

test('delay keeps a webhook back', async () => {
  await plan({ mode: 'delay', delayMs: 300 });
  const from = Date.now();
  await send(['late', 'soon']);
  expect(await received(2)).toEqual(['soon', 'late']);
  expect((receiver.received[1]?.at ?? 0) - from).toBeGreaterThanOrEqual(295);
});

test('what is pending or unanswered when the host ends is posted after the next start', async () => {
  receiver.answers.push(500);
  await send(['retrying'], { retryDelaysMs: [400] });
  await send(['waiting'], { delayMs: 400 });
  await received(1);
  await rows(1);
  await host.restart();
  expect((await received(3)).toSorted()).toEqual(['retrying', 'retrying', 'waiting']);
  const all = await rows(3);
  expect(all.filter(({ key }) => key === 'retrying').map(({ response }) => response)).toEqual([
    { attempt: 1 },
    { attempt: 2 },
  ]);
  await host.restart();
  await send(['last']);
  expect(await received(4)).toHaveLength(4);
});

test('deleting the state forgets pending webhooks', async () => {
  await send(['never'], { delayMs: 150 });
  await fetch(`${host.url}/_emulator/state`, { method: 'DELETE' });
  await send(['after'], { delayMs: 300 });
  expect(await received(1)).toEqual(['after']);
});
