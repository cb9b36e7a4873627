import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installPackages } from '../../scripts/install-packages.mjs';
import { hydratePostgresLinks } from '../../scripts/postgres-links.mjs';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A project with one package, and an `npm` that notes its calls. */
function project(exitCode = 0) {
  const root = temporaryFolder();
  const npm = join(root, 'npm');
  const record = 'node_modules/.package-lock.json';
  const body = [
    '#!/bin/sh',
    'echo "$1" >> calls',
    exitCode ? `echo "npm error code E404" >&2; exit ${exitCode}` : '',
    `rm -rf node_modules; mkdir node_modules; cp package-lock.json ${record}`,
  ];
  writeFileSync(npm, body.join('\n'));
  chmodSync(npm, 0o755);
  const lock = (version: string) =>
    writeFileSync(
      join(root, 'package-lock.json'),
      JSON.stringify({
        packages: {
          '': {},
          'node_modules/a': { version },
          'node_modules/mac': { version: '1', optional: true },
        },
      }),
    );
  const calls = () => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n').length;
  lock('1.0.0');
  return { root, npm, lock, calls, install: () => installPackages(root, () => {}, npm) };
}

it('installs when there is nothing, and again when the lock changes', async () => {
  const { lock, calls, install } = project();
  await install();
  await install();
  expect(calls()).toBe(1);
  lock('1.0.1');
  await install();
  expect(calls()).toBe(2);
});

it('accepts packages that were installed by hand from the same lock', async () => {
  const { root, install, calls, lock } = project();
  mkdirSync(join(root, 'node_modules'));
  const installed = { packages: { 'node_modules/a': { version: '1.0.0' } } };
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify(installed));
  await install();
  expect(() => calls()).toThrow('ENOENT');
  lock('2.0.0');
  await install();
  expect(calls()).toBe(1);
});

it("ends with npm's own words when npm fails", async () => {
  const { install } = project(1);
  await expect(install()).rejects.toThrow('npm ci ended with 1:\nnpm error code E404');
});

it("makes PostgreSQL's missing library links, once", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'native', 'lib'), { recursive: true });
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  expect([hydratePostgresLinks(folder), hydratePostgresLinks(folder)]).toEqual([1, 0]);
  expect(readlinkSync(join(folder, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18');
  expect(lstatSync(join(folder, 'native/lib/libpq.so.5')).isSymbolicLink()).toBe(true);
});
