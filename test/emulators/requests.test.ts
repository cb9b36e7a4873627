import { expect, test } from 'vitest';
import { createRequestLog, fingerprint, type ReceivedRequest } from '../../scripts/emulators/requests.ts';
import { postJson, startTestHost } from './fixture.ts';
import { toyEmulator } from './toy-emulator.ts';

const KEY = 'Bearer toy_key';

test('every request is noted as it arrived: writes, reads, refused, unanswered and unknown ones', async () => {
  const host = await startTestHost(toyEmulator);
  const requests = async (query = '') =>
    (await (await fetch(`${host.url}/_emulator/requests?${query}`)).json()) as ReceivedRequest[];
  const from = Date.now();
  await postJson(`${host.url}/toy/notes`, { text: 'one' }, { authorization: KEY });
  await fetch(`${host.url}/toy/notes?page=1`);
  await host.fault({ vendor: 'toy', operation: '*', mode: 'status', status: 503, count: 1 });
  await postJson(`${host.url}/toy/notes`, { text: 'two' }, { authorization: KEY });
  await host.fault({ vendor: 'toy', operation: '*', mode: 'before', count: 1 });
  await expect(postJson(`${host.url}/toy/notes`, { text: 'three' })).rejects.toThrow();
  await fetch(`${host.url}/toy/nothing`);

  const noted = await requests('vendor=toy');
  expect(noted.map(({ operation, status }) => [operation, status])).toEqual([
    ['notes.create', 201],
    ['notes.list', 200],
    ['notes.create', 503],
    ['notes.create', 0],
    [null, 404],
  ]);
  expect(noted.map(({ key }) => key)).toEqual([fingerprint(KEY), null, fingerprint(KEY), null, null]);
  expect(noted[1]).toMatchObject({ vendor: 'toy', method: 'GET', path: '/toy/notes' });
  expect(noted.every(({ atMs }) => atMs >= from && atMs <= Date.now())).toBe(true);
  expect(await requests('vendor=toy&operation=notes.list')).toHaveLength(1);
  expect(await requests('vendor=other')).toEqual([]);

  await fetch(`${host.url}/_emulator/state`, { method: 'DELETE' });
  expect(await requests()).toEqual([]);
  await host.close();
});

test('the oldest requests make room', async () => {
  const log = createRequestLog(2);
  const watch = log.watch('toy');
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const raw = new Request(`http://toy/${name}`);
    const c = {
      req: { raw, path: `/${name}`, method: 'GET', header: () => undefined },
      env: { incoming: { socket: { destroyed: false } } },
      res: { status: 200 },
    };
    await watch(c as never, async () => {});
  }
  expect(log.list({}).map(({ path }) => path)).toEqual(['/d', '/e']);
});
