import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulatorHost } from '../../scripts/emulators/host.ts';
import type { Emulator, LedgerEntry } from '../../shared/emulator.ts';

export interface TestHost {
  url: string;
  dataDir: string;
  ledger(query?: string): Promise<LedgerEntry[]>;
  fault(plan: unknown): Promise<Response>;
  seed(data: unknown): Promise<void>;
  /** Ends the host and starts one anew on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A host of the given emulators on a free port, in a data folder of its own. */
export async function startTestHost(...emulators: Emulator[]): Promise<TestHost> {
  const dataDir = await mkdtemp(join(tmpdir(), 'emulators-'));
  const start = () => createEmulatorHost({ dataDir, port: 0, emulators });
  let host = await start();
  const test: TestHost = {
    url: host.url,
    dataDir,
    ledger: async (query = '') =>
      (await fetch(`${host.url}/_emulator/ledger?${query}`)).json() as Promise<LedgerEntry[]>,
    fault: (plan) => postJson(`${host.url}/_emulator/faults`, plan),
    async seed(data) {
      const response = await postJson(`${host.url}/_emulator/seed`, data);
      if (response.status !== 204) throw new Error(await response.text());
    },
    async restart() {
      await host.close();
      host = await start();
      test.url = host.url;
    },
    async close() {
      await host.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return test;
}

export const postJson = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** Status of each answer in turn, 200 afterwards; 0 leaves the request without an answer. */
  answers: number[];
  close(): Promise<void>;
}

/** The application's side of webhooks: keeps what arrives. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), at: Date.now() });
      const status = answers.shift() ?? 200;
      if (status !== 0) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Polls until `read` gives something, for at most `timeoutMs`. */
export async function eventually<T>(
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  timeoutMs = 5_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(value)} after ${timeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
