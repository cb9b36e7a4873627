import { NativeConnection, Runtime } from '@temporalio/worker';
import type { Env } from './env.ts';
import type { Logger } from './logger.ts';
import { temporalConnectionOptions } from './temporal.ts';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Sends the SDK's log lines through ours, those of its native part as well; once per process, before any
 * connection.
 */
export function installRuntime(log: Logger): void {
  const sdk = log.child({ part: 'temporal-sdk' });
  const write = (level: keyof typeof levels, message: string, meta?: object) =>
    sdk[levels[level]](withReason(meta), message);
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}

/** What the SDK calls `error` as our log lines name an error: only `err` is written out with its message. */
export function withReason({ error, ...meta }: { error?: unknown } = {}): object {
  if (error === undefined) return meta;
  return error instanceof Error ? { ...meta, err: error } : { ...meta, error };
}

/** The connection of workers, and of a client that starts workflows eagerly beside them. */
export async function connectNative(env: Env): Promise<NativeConnection> {
  const { address, apiKey, tls } = await temporalConnectionOptions(env);
  return NativeConnection.connect({
    ...(address === undefined ? {} : { address }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(tls ? { tls } : {}),
  });
}
