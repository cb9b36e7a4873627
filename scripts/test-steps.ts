import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inheritEnv } from '../platform/env.ts';

/** One part of `npm test`: a tool of ours that runs in a process of its own. */
export interface Step {
  title: string;
  /** Path of the program inside node_modules. */
  tool: string;
  args: string[];
  env?: Record<string, string>;
  /** Output goes to the terminal as it comes; otherwise it is shown only when the step fails. */
  live?: boolean;
}

const STOP_LIMIT_MS = 15_000;
const running = new Set<ChildProcess>();
let stopped = false;

/** Runs a step, prints its outcome and time, and answers whether it passed. */
export async function runStep(step: Step): Promise<boolean> {
  if (stopped) return false;
  const startedAt = performance.now();
  // A group of its own, so that whatever the tool starts ends with it.
  const child = spawn(process.execPath, [join('node_modules', step.tool), ...step.args], {
    stdio: step.live ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: inheritEnv(step.env ?? {}),
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, step.live ? 'exit' : 'close').catch((error: Error) => {
    output += error.message;
    return [1];
  });
  running.delete(child);
  signalGroup(child, 'SIGKILL');
  const passed = code === 0;
  if (!passed) process.stdout.write(output);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${passed ? '✓' : '✗'} ${step.title} (${seconds} s)\n`);
  return passed;
}

/** Ends what runs, and starts nothing more. */
export function stopSteps(): void {
  if (stopped) return;
  stopped = true;
  for (const child of running) {
    child.kill('SIGTERM');
    void delay(STOP_LIMIT_MS, undefined, { ref: false }).then(() => signalGroup(child, 'SIGKILL'));
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // The group has already ended.
  }
}
