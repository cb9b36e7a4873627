import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { inheritEnv } from '../../platform/env.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/watched.mjs', import.meta.url));

/** A shell in the role of npm, which runs a shell, which runs us. The last `:` keeps each from replacing itself. */
function startUnderNpm() {
  const inner = `"${process.execPath}" "${FIXTURE}" <&3; :`;
  const npm = spawn('sh', ['-c', `echo npm $$; sh -c 'echo shell $$; ${inner}'; :`], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    env: inheritEnv({ npm_lifecycle_event: 'demo' }),
  });
  onTestFinished(() => void npm.stdio[3]?.destroy());
  let output = '';
  npm.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const says = (text: string) => waitUntil(`"${text}"`, async () => output.includes(text), 10_000);
  const pidOf = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(output)?.[1]);
  return { says, pidOf, output: () => output };
}

it.each([
  ['npm', 'SIGKILL'],
  ['shell', 'SIGTERM'],
] as const)('notices that its %s was ended by %s', async (name, signal) => {
  const { says, pidOf, output } = startUnderNpm();
  await says('watching');
  expect(output()).not.toContain('starter gone');
  process.kill(pidOf(name), signal);
  await says('starter gone');
});
