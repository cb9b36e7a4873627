import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { installBinary } from './install-binary.mjs';

/** A closed network must not cost more than `answerLimitMs`. */
const defaults = { origin: 'https://temporal.download', answerLimitMs: 5_000 };
/** No byte for so long ends a download that had begun. */
const STALL_LIMIT_MS = 15_000;

/**
 * The download that the SDK itself uses: one JSON answer with the address of the archive, then the archive.
 * @type {import('./temporal-download.d.mts').downloadBinary}
 */
export async function downloadBinary(binary, target, check, options = {}) {
  const { origin, answerLimitMs } = { ...defaults, ...options };
  const address = new URL(`/${binary.artifact}/default`, origin);
  try {
    address.search = new URLSearchParams({
      ...machine(),
      'sdk-name': 'sdk-typescript',
      'sdk-version': '1.24.0',
    });
    const response = await fetch(address, { signal: AbortSignal.timeout(answerLimitMs) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const { archiveUrl, fileToExtract } = await response.json();
    await installBinary(target, check, async (folder) => {
      const archive = join(folder, 'archive');
      await save(archiveUrl, archive);
      // bsdtar and GNU tar both find out about the compression by themselves.
      const tar = spawnSync('tar', ['-xf', archive, '-C', folder, fileToExtract], { encoding: 'utf8' });
      if (tar.status !== 0) throw new Error(`tar: ${tar.error?.message ?? tar.stderr.trim()}`);
      return join(folder, fileToExtract);
    });
    return address.origin;
  } catch (error) {
    throw new Error(`${address.origin}${address.pathname}: ${reason(error, answerLimitMs)}`);
  }
}

function machine() {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform];
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  if (!platform || !arch) throw new Error(`there is none for ${process.platform}/${process.arch}`);
  return { arch, platform, format: 'tar.gz' };
}

async function save(url, file) {
  const giveUp = new AbortController();
  const stalled = () => giveUp.abort(new Error(`no byte for ${STALL_LIMIT_MS / 1000} s`));
  let timer = setTimeout(stalled, STALL_LIMIT_MS);
  const watch = new Transform({
    transform(chunk, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(stalled, STALL_LIMIT_MS);
      done(null, chunk);
    },
  });
  try {
    const response = await fetch(url, { signal: giveUp.signal });
    if (!response.ok) throw new Error(`the archive answered ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch failed` alone tells nothing; the cause does. */
function reason(error, answerLimitMs) {
  if (error.name === 'TimeoutError') return `no answer within ${answerLimitMs / 1000} s`;
  return error.cause?.message ?? error.message;
}
