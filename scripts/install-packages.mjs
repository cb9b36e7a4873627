import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRESS_INTERVAL_MS = 5_000;

/**
 * Installs exactly what package-lock.json names, unless the installed packages already came from this lock.
 * @param {string} root folder of package.json
 * @param {(text: string) => void} say
 * @param {string} [npm] command
 */
export async function installPackages(root, say, npm = process.platform === 'win32' ? 'npm.cmd' : 'npm') {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stampFile = join(root, 'node_modules', '.cache', 'switchboard-lock.sha256');
  const stamp = createHash('sha256').update(`${process.platform}-${process.arch}\n${lock}`).digest('hex');
  if (read(stampFile) === stamp) return;
  if (!installedFrom(root, lock)) await npmCi(npm, root, say);
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Installed by hand: npm's own record names, for every package it holds, the version that the lock wants. */
function installedFrom(root, lock) {
  const record = read(join(root, 'node_modules', '.package-lock.json'));
  if (!record) return false;
  const installed = JSON.parse(record).packages;
  const wanted = Object.entries(JSON.parse(lock).packages).filter(([path]) => path !== '');
  return (
    wanted.every(
      ([path, { version, optional }]) => (installed[path]?.version ?? (optional && version)) === version,
    ) && Object.keys(installed).length <= wanted.length
  );
}

async function npmCi(npm, root, say) {
  say('installing packages (npm ci), once …');
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const ticking = setInterval(() => say(`still installing, ${seconds()} s …`), PROGRESS_INTERVAL_MS);
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  const child = spawn(npm, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  try {
    const outcome = await new Promise((resolve, reject) => {
      child.on('error', (error) =>
        reject(new Error(`npm cannot be run (${error.message}); install it with Node.js`)),
      );
      child.on('close', (code, signal) => resolve(signal ?? code));
    });
    if (outcome !== 0) throw new Error(`npm ci ended with ${outcome}:\n${errors.trim()}`);
    say(`packages installed in ${seconds()} s`);
  } finally {
    clearInterval(ticking);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, forward);
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
