import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { type Child, startEntry, startProgram } from '../../scripts/stack/child.ts';
import type { Log } from '../../scripts/stack/log.ts';
import { isAlive } from '../../scripts/stack/processes.ts';
import { createSupervisor } from '../../scripts/stack/supervisor.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';

const STUBBORN = fileURLToPath(new URL('fixtures/stubborn.mjs', import.meta.url));

function collect(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    log: { line: (part, text) => lines.push(`${part}: ${text}`), say: (text) => lines.push(text) },
  };
}

const says = (child: Child, text: string) =>
  waitUntil(`"${text}"`, async () => child.lastLines().some((line) => line.includes(text)), 10_000);

it('kills what does not stop, with the program behind the watchdog', async () => {
  const { log, lines } = collect();
  const order = { command: process.execPath, args: [STUBBORN], stopLimitMs: 300 };
  const child = startProgram({ name: 'stubborn', log, ...order });
  await says(child, 'up');
  const program = Number(/up (\d+)/.exec(child.lastLines().join())?.[1]);
  expect(isAlive(program)).toBe(true);
  await child.stop();
  expect(isAlive(program)).toBe(false);
  expect(lines).toContain('stubborn: not now');
});

it('ends one of our entries when its supervisor lets go of it', async () => {
  const { log } = collect();
  const child = startEntry({ name: 'entry', log, entry: STUBBORN, stopLimitMs: 300 });
  await says(child, 'up');
  await child.stop();
  expect(isAlive(child.pid)).toBe(false);
});

it('tells which part ended by itself, with its last lines, and starts nothing more', async () => {
  const { log } = collect();
  const supervisor = createSupervisor();
  onTestFinished(() => supervisor.stop());
  const script = 'console.log("about to go"); process.exit(3)';
  const start = () => startProgram({ name: 'mayfly', log, command: process.execPath, args: ['-e', script] });
  const once = supervisor.run(start, true);
  await once.exited;
  expect(supervisor.signal.aborted).toBe(false);

  supervisor.run(start);
  const error = await supervisor.failed;
  expect(error.message).toBe('mayfly ended unexpectedly with code 3. Its last lines:\n  about to go');
  expect(() => supervisor.run(start)).toThrow('mayfly ended unexpectedly');
});

it('stops the last started first', async () => {
  const { log } = collect();
  const supervisor = createSupervisor();
  const ended: string[] = [];
  const script = 'process.stdin.resume(); setInterval(() => {}, 1000); console.log("up")';
  for (const name of ['first', 'second', 'third']) {
    const child = supervisor.run(() =>
      startProgram({ name, log, command: process.execPath, args: ['-e', script] }),
    );
    void child.exited.then(() => ended.push(name));
    await says(child, 'up');
  }
  await supervisor.stop();
  expect(ended).toEqual(['third', 'second', 'first']);
});
