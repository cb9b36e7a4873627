import { createDeps } from '../platform/deps.ts';
import { InvalidEnvironmentError, readEnv } from '../platform/env.ts';
import { ListenError, startApi } from './server.ts';

const CLOSE_GRACE_MS = 500;

/** `npm start`: serves until SIGTERM or SIGINT, then finishes what runs. */
async function main(): Promise<void> {
  const deps = await createDeps(readEnv(), { serviceName: 'switchboard-api' });
  try {
    const api = await startApi(deps);
    const signal = await stopSignal();
    deps.log.info({ signal }, 'api stops');
    // A query that never ends must not keep the process alive beyond its time.
    setTimeout(() => process.exit(1), deps.env.SHUTDOWN_TIMEOUT_MS + CLOSE_GRACE_MS).unref();
    await api.close();
  } finally {
    await deps.close();
  }
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const expected = error instanceof InvalidEnvironmentError || error instanceof ListenError;
    process.stderr.write(`${expected ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exit(1);
  },
);
