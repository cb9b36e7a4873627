import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulatorHost } from '../../scripts/emulators/host.ts';
import { postJson, startTestHost } from './fixture.ts';
import { toyEmulator } from './toy-emulator.ts';

test('health names the vendors; an unknown path is a 404', async () => {
  const host = await startTestHost(toyEmulator);
  const health = await fetch(`${host.url}/_emulator/health`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok', vendors: ['toy'] }]);
  expect((await fetch(`${host.url}/nobody`)).status).toBe(404);
  await host.close();
});

test('a second host on the same port fails and leaves the journal alone', async () => {
  const host = await startTestHost(toyEmulator);
  await postJson(`${host.url}/toy/notes`, { text: 'one' });
  const path = join(host.dataDir, 'emulators', 'journal.jsonl');
  const before = await readFile(path, 'utf8');
  const port = Number(new URL(host.url).port);
  await expect(createEmulatorHost({ dataDir: host.dataDir, port, emulators: [toyEmulator] })).rejects.toThrow(
    'EADDRINUSE',
  );
  expect(await readFile(path, 'utf8')).toBe(before);
  await postJson(`${host.url}/toy/notes`, { text: 'two' });
  await host.restart();
  expect((await host.ledger()).map(({ key }) => key)).toEqual(['one', 'two']);
  await host.close();
});
