import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAlertWatch } from '../platform/alert-watch.ts';
import { createHousekeeping } from '../platform/housekeeping.ts';
import { createApp } from './app.ts';
import type { ApiProcessDeps } from './deps.ts';
import { createIngest } from './ingest.ts';
import { createMetrics, type HttpMetrics } from './service/metrics.ts';
import { createListener } from './webhooks/listener.ts';
import type { WebhookHandler } from './webhooks/receive.ts';

const IDLE_LOOK_MS = 50;

export interface RunningApi {
  port: number;
  /** Stops accepting, finishes what runs, closes the inbox; after `SHUTDOWN_TIMEOUT_MS` it stops waiting. */
  close(): Promise<void>;
}

/** Thrown when the port cannot be had; the message names the variable to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Serves webhooks, in front, and the API behind them; sweeps the inbox, keeps the tables tidy and watches over alerts. */
export async function startApi(deps: ApiProcessDeps): Promise<RunningApi> {
  const { env, log, db, alertDelivery } = deps;
  const metrics = createMetrics(deps.pool);
  const ingest = createIngest(deps);
  const { inbox, handOver } = ingest;
  const app = createApp({ ...deps, inbox, handOver }, metrics);
  const webhooks = Object.fromEntries(
    Object.entries(ingest.webhooks).map(([path, handler]) => [path, measured(path, handler, metrics)]),
  );
  const server = createServer(createListener(webhooks, app));
  try {
    await listen(server, env.HOST, env.PORT);
  } catch (error) {
    await ingest.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  log.info({ host: env.HOST, port }, 'api listens');
  const housekeeping = createHousekeeping(deps);
  const watch = createAlertWatch({ db, log, delivery: alertDelivery });

  const stop = async () => {
    await Promise.all([stopServer(server), housekeeping.close(), watch.close()]);
    await ingest.close();
  };
  let closing: Promise<void> | undefined;
  return {
    port,
    close() {
      closing ??= withinLimit(stop(), env.SHUTDOWN_TIMEOUT_MS, () => {
        log.warn({ timeoutMs: env.SHUTDOWN_TIMEOUT_MS }, 'api stops with requests under way');
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

function measured(path: string, handler: WebhookHandler, metrics: HttpMetrics): WebhookHandler {
  return (request, response) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      metrics.observe(request.method ?? '', path, response.statusCode, performance.now() - startedAt);
    });
    return handler(request, response);
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `Port ${port} of ${host} is taken by another process. Stop it, or set PORT to a free one.`
          : `Cannot listen on ${host}:${port} (HOST, PORT): ${error.message}`;
      reject(new ListenError(reason, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

/** Refuses new connections and ends each open one once its request is answered. */
async function stopServer(server: Server): Promise<void> {
  const closed = new AbortController();
  server.close(() => closed.abort());
  while (!closed.signal.aborted) {
    // First a moment to read what has arrived: a connection whose request is not read yet looks idle.
    await sleep(IDLE_LOOK_MS, undefined, { signal: closed.signal }).catch(() => undefined);
    server.closeIdleConnections();
  }
}

async function withinLimit(work: Promise<void>, limitMs: number, giveUp: () => void): Promise<void> {
  const done = new AbortController();
  const limit = sleep(limitMs, 'late', { signal: done.signal }).catch(() => 'done');
  const outcome = await Promise.race([work.then(() => 'done'), limit]);
  done.abort();
  if (outcome === 'late') giveUp();
}
