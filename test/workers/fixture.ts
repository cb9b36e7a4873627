import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { inheritEnv } from '../../platform/env.ts';

const TELL_LISTENER = fileURLToPath(new URL('fixtures/tell-listener.mjs', import.meta.url));

/** What `fixtures/tell-listener.mjs` says as soon as SIGTERM is listened for. */
export const LISTENS = 'listens for SIGTERM';

export interface WorkerRun {
  /** Everything the process has printed. */
  lines: string[];
  /** Waits until a line contains the text. */
  says(text: string): Promise<void>;
  /** Sends SIGTERM; resolves with how the process ended. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(): void;
}

/** A worker process as production starts it. */
export function startWorker(queue: string, settings: Record<string, string>): WorkerRun {
  const imports = ['--import', TELL_LISTENER, '--import', 'tsx'];
  const child = spawn(process.execPath, [...imports, 'workers/run.ts', '--queues', queue], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: inheritEnv({ LOG_LEVEL: 'info', INBOX_SWEEP_INTERVAL_MS: '100', ...settings }),
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const closed = once(child, 'close');
  return {
    lines,
    async says(text) {
      await expect.poll(() => lines.join('\n'), { timeout: 45_000, interval: 20 }).toContain(text);
    },
    async stop() {
      child.kill('SIGTERM');
      await closed;
      return { code: child.exitCode, signal: child.signalCode };
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** A way to `target` that can be cut; without a target it takes connections and says nothing. */
export async function startRelay(target?: string) {
  const sockets = new Set<net.Socket>();
  let connections = 0;
  let held = false;
  const keep = (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = net.createServer((socket) => {
    connections += 1;
    keep(socket);
    if (!target) return;
    const [host, port] = target.split(':');
    const onward = keep(net.connect(Number(port), host));
    onward.pipe(socket);
    socket.on('data', (data) => held || onward.write(data));
    socket.on('end', () => onward.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    connections: () => connections,
    /** From now on the target hears nothing; what it says goes on arriving. */
    hold() {
      held = true;
    },
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
