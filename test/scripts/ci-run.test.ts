import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { inheritEnv } from '../../platform/env.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs `.ci/run` with an `npm` whose two commands end as given. */
function runCi(test: { prints: string; exit: number }, demoExit: number) {
  const folder = temporaryFolder();
  const npm = join(folder, 'npm');
  const body = `#!/bin/sh\n[ "$1" = test ] && { printf '${test.prints}'; exit ${test.exit}; }\necho demo; exit ${demoExit}\n`;
  writeFileSync(npm, body);
  chmodSync(npm, 0o755);
  const path = `${folder}${delimiter}${inheritEnv({}).PATH}`;
  const { status, stdout } = spawnSync('.ci/run', { env: inheritEnv({ PATH: path }), encoding: 'utf8' });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

it.each([
  ['all pass', { prints: 'x\\n12 passed, 0 failed\\n', exit: 0 }, 0, 0, '13 passed, 0 failed'],
  ['the demo fails', { prints: '12 passed, 0 failed\\n', exit: 0 }, 1, 1, '12 passed, 1 failed'],
  ['a test fails', { prints: '11 passed, 1 failed\\n', exit: 1 }, 0, 1, '12 passed, 1 failed'],
  ['the tests never report', { prints: 'Killed\\n', exit: 137 }, 0, 1, '1 passed, 1 failed'],
  [
    'the tests fail after their report',
    { prints: '12 passed, 0 failed\\n', exit: 1 },
    0,
    1,
    '13 passed, 1 failed',
  ],
])('%s', (_title, test, demoExit, status, lastLine) => {
  expect(runCi(test, demoExit)).toEqual({ status, lastLine });
});
