import { createDeps } from '../platform/deps.ts';
import { readEnv } from '../platform/env.ts';
import { createLogger } from '../platform/logger.ts';
import { tracedClient } from '../platform/temporal.ts';
import { connectNative, installRuntime } from '../platform/temporal-runtime.ts';
import { bundleWorkflows } from '../scripts/bundle.ts';
import { selectWorkers } from './registry.ts';
import { startSweeper } from './start-sweeper.ts';
import { startWorkers } from './start-workers.ts';

/** Beyond `WORKER_SHUTDOWN_FORCE_MS`, for what is not a worker: the hand-over, the connections. */
const CLOSE_GRACE_MS = 1_000;

export interface WorkerProcess {
  /** Ends when everything has ended; false: not in order, for the reason that stands in the log. */
  done: Promise<boolean>;
  /** Takes nothing new and finishes what runs. */
  stop(): void;
}

/** Workers for these queues (all when none is named) and the sweeper of the inbox, on one connection. */
export async function startWorkerProcess(queues: string[]): Promise<WorkerProcess> {
  const definitions = selectWorkers(queues);
  const env = readEnv();
  installRuntime(createLogger('worker', env.LOG_LEVEL));
  const connection = await connectNative(env);
  const eagerClient = tracedClient(connection, env);
  const deps = await createDeps(env, { serviceName: 'worker', eagerClient });
  const workers = await startWorkers(definitions, deps, connection, await bundleWorkflows());
  const sweeper = startSweeper(deps);
  deps.log.info({ queues: definitions.map(({ taskQueue }) => taskQueue) }, 'workers are running');

  // What hangs must not keep the process alive beyond its time; events go on in another process.
  const exitWithin = (ms: number) => {
    setTimeout(() => {
      deps.log.fatal('the process has not ended in time and is ended');
      process.exit(1);
    }, ms).unref();
  };
  const finish = async () => {
    const inOrder = await workers.done.then(
      () => true,
      (error) => {
        deps.log.fatal({ err: error }, 'a worker has died, and the process with it');
        exitWithin(CLOSE_GRACE_MS);
        return false;
      },
    );
    await sweeper.close();
    await connection.close();
    await deps.close();
    return inOrder;
  };
  return {
    done: finish(),
    stop() {
      exitWithin(env.WORKER_SHUTDOWN_FORCE_MS + CLOSE_GRACE_MS);
      void sweeper.close();
      workers.shutdown();
    },
  };
}
