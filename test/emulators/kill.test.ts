import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LedgerEntry } from '../../shared/emulator.ts';
import { seed } from '../integrations/calcom/emulator-fixture.ts';
import { eventually, postJson, type Receiver, startReceiver } from './fixture.ts';

let dataDir: string;
let receiver: Receiver;
let child: ChildProcess | undefined;
let url: string;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}

async function start(): Promise<void> {
  const [port, smtpPort] = [await freePort(), await freePort()];
  child = spawn(process.execPath, ['--import', 'tsx', 'scripts/emulators/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      EMULATORS_PORT: String(port),
      SMTP_PORT: String(smtpPort),
      SWITCHBOARD_DATA_DIR: dataDir,
    },
  });
  url = `http://127.0.0.1:${port}`;
  await eventually(
    () =>
      fetch(`${url}/_emulator/health`).then(
        ({ status }) => status,
        () => 0,
      ),
    (status) => status === 200,
    15_000,
  );
}

const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;

async function stop(signal: NodeJS.Signals): Promise<number | null> {
  if (!child || !isRunning()) return null;
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = await exited;
  return code as number | null;
}

const ledger = async () => (await (await fetch(`${url}/_emulator/ledger`)).json()) as LedgerEntry[];
const book = (minute: number) =>
  postJson(
    `${url}/calcom/v2/bookings`,
    {
      start: new Date(Date.UTC(2040, 0, 9, 8, minute)).toISOString(),
      eventTypeId: 10,
      attendee: { name: 'Dora', email: 'dora@example.com', timeZone: 'UTC' },
      metadata: { switchboardKey: `k${minute}` },
    },
    { authorization: 'Bearer cal_live_salon', 'cal-api-version': '2026-02-25' },
  );

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'emulators-'));
  receiver = await startReceiver();
});
beforeEach(async () => {
  if (!isRunning()) await start();
  await fetch(`${url}/_emulator/state`, { method: 'DELETE' });
});
afterAll(async () => {
  await stop('SIGKILL');
  await receiver.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('after SIGKILL in the middle of work, every answered operation is still known', async () => {
  await postJson(`${url}/_emulator/seed`, { calcom: seed });
  const answered = new Set<string>();
  let next = 0;
  const client = async () => {
    for (;;) {
      const minute = 30 * next++;
      const response = await book(minute).catch(() => null);
      if (!response) return;
      if (response.status === 201) answered.add(`k${minute}`);
      if (answered.size === 8) await stop('SIGKILL');
    }
  };
  await Promise.all([client(), client(), client()]);
  expect(answered.size).toBeGreaterThanOrEqual(8);

  await start();
  const before = await ledger();
  const keys = before.filter(({ operation }) => operation === 'bookings.create').map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of answered) expect(keys).toContain(key);
  const list = await fetch(`${url}/calcom/v2/bookings`, {
    headers: { authorization: 'Bearer cal_live_salon', 'cal-api-version': '2026-02-25' },
  });
  const { data } = (await list.json()) as { data: { metadata: { switchboardKey: string } }[] };
  expect(data.map(({ metadata }) => metadata.switchboardKey).toSorted()).toEqual(keys.toSorted());
  expect((await book(0)).status).toBe(400);
  expect((await ledger()).length).toBe(before.length);
});

test('webhooks that were still to come are posted after a kill', async () => {
  const played = await postJson(`${url}/retell/_emulator/calls`, {
    agent_id: 'agent_1',
    from_number: '+4915112345678',
    to_number: '+4930901820',
    webhook_url: receiver.url,
    gaps_ms: [0, 600, 0],
  });
  expect(played.status).toBe(201);
  await eventually(
    () => receiver.received.length,
    (count) => count === 1,
  );
  await eventually(
    async () => (await ledger()).length,
    (count) => count === 2,
  );
  await stop('SIGKILL');
  await start();
  await eventually(
    () => receiver.received.length,
    (count) => count === 3,
  );
  const events = receiver.received.map(({ body }) => (JSON.parse(body) as { event: string }).event);
  expect(events[0]).toBe('call_started');
  expect(events.slice(1).toSorted()).toEqual(['call_analyzed', 'call_ended']);
});

test('SIGTERM ends within a second, even with a slow answer under way', async () => {
  await postJson(`${url}/_emulator/faults`, {
    vendor: 'calcom',
    operation: '*',
    mode: 'delay',
    delayMs: 30_000,
  });
  await postJson(`${url}/_emulator/seed`, { calcom: seed });
  const slow = book(0).catch(() => 'cut');
  await eventually(
    async () => (await ledger()).length,
    (count) => count === 1,
  );
  const asked = Date.now();
  expect(await stop('SIGTERM')).toBe(0);
  expect(Date.now() - asked).toBeLessThan(1_000);
  expect(await slow).toBe('cut');
});
