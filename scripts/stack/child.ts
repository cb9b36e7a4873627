import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Account } from './account.ts';
import type { Log } from './log.ts';

const WATCHDOG = fileURLToPath(new URL('watchdog.mjs', import.meta.url));
const LEASH = new URL('leash.mjs', import.meta.url).href;
const LAST_LINES = 20;

/** How a child ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running part of the stack. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly hasExited: boolean;
  /** The newest output, for the message when it dies. */
  lastLines(): string[];
  /** Asks it to stop, kills it after the limit, and returns when its whole process group is gone. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  name: string;
  log: Log;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** From the request to stop until SIGKILL. */
  stopLimitMs?: number;
  /** Lines for which this answers false stay out of the log. */
  show?: (line: string) => boolean;
  /** What it says while it is being stopped stays out of the log. */
  quietStop?: boolean;
}

/** Starts a program of others under the watchdog, which ends it when this process dies. */
export function startProgram(
  options: ChildOptions & { command: string; args: string[]; account?: Account; stopSignal?: NodeJS.Signals },
): Child {
  const { command, args, account, stopSignal = 'SIGTERM', stopLimitMs = 10_000 } = options;
  const order = { command, args, cwd: options.cwd, stopSignal, stopLimitMs, ...account };
  return track(options, [WATCHDOG, JSON.stringify(order)], stopLimitMs + 1_000);
}

/** Starts one of our entries, TypeScript or compiled; it ends when this process dies. */
export function startEntry(options: ChildOptions & { entry: string; args?: string[] }): Child {
  const loader = options.entry.endsWith('.ts') ? ['--import', 'tsx', '--enable-source-maps'] : [];
  const nodeArgs = [...loader, '--import', LEASH, options.entry];
  return track(options, [...nodeArgs, ...(options.args ?? [])], options.stopLimitMs ?? 12_000);
}

function track(options: ChildOptions, nodeArgs: string[], stopLimitMs: number): Child {
  const { name, log, show = () => true } = options;
  // A group of its own: Ctrl-C in the terminal reaches only the supervisor, which stops the parts in order.
  const child = spawn(process.execPath, nodeArgs, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  child.stdin.on('error', () => {});
  const recent: string[] = [];
  let stopping = false;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      recent.push(line);
      if (recent.length > LAST_LINES) recent.shift();
      if (show(line) && !(stopping && options.quietStop)) log.line(name, line);
    });
  }
  const exited = ended(child);
  return {
    name,
    pid: child.pid ?? -1,
    exited,
    get hasExited() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    lastLines: () => [...recent],
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const giveUp = new AbortController();
      const limit = delay(stopLimitMs, 'limit', { signal: giveUp.signal, ref: false }).catch(() => 'stopped');
      if ((await Promise.race([exited, limit])) === 'limit') {
        log.say(`${name} did not stop within ${stopLimitMs / 1000} s and is killed`);
        signalGroup(child, 'SIGKILL');
      }
      giveUp.abort();
      await exited;
    },
  };
}

/** Waits for the end, takes what is left of its group with it, and for the last of its output. */
async function ended(child: ChildProcess): Promise<Exit> {
  const closed = once(child, 'close').catch(() => undefined);
  const [code, signal] = await once(child, 'exit').catch(() => [127, null]);
  signalGroup(child, 'SIGKILL');
  await closed;
  return { code, signal };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has already ended.
  }
}
