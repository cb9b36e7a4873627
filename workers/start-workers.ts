import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Deps } from '../platform/deps.ts';
import { traceActivityInterceptor } from '../platform/trace.ts';
import type { WorkerDefinition } from './registry.ts';

export interface RunningWorkers {
  /** Ends when all workers have ended; rejects when one dies. */
  done: Promise<void>;
  shutdown(): void;
}

/** Creates and runs workers on one connection. `bundlePath` is what `scripts/bundle.ts` made. */
export async function startWorkers(
  definitions: WorkerDefinition[],
  deps: Deps,
  connection: NativeConnection,
  bundlePath: string,
): Promise<RunningWorkers> {
  const { env } = deps;
  const workers = await Promise.all(
    definitions.map(({ taskQueue, activities }) =>
      Worker.create({
        connection,
        namespace: env.TEMPORAL_NAMESPACE,
        taskQueue,
        activities: activities(deps),
        interceptors: { activity: [traceActivityInterceptor] },
        workflowBundle: { codePath: bundlePath },
        maxCachedWorkflows: env.WORKER_MAX_CACHED_WORKFLOWS,
        maxConcurrentWorkflowTaskExecutions: env.WORKER_WORKFLOW_SLOTS,
        maxConcurrentLocalActivityExecutions: env.WORKER_LOCAL_ACTIVITY_SLOTS,
        maxConcurrentActivityTaskExecutions: env.WORKER_ACTIVITY_SLOTS,
        shutdownGraceTime: env.WORKER_SHUTDOWN_GRACE_MS,
        shutdownForceTime: env.WORKER_SHUTDOWN_FORCE_MS,
      }),
    ),
  );
  const runs = workers.map((worker) => worker.run());
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  // One worker that dies takes the others down with it, in order: the process is then restarted whole.
  const done = Promise.all(runs).then(
    () => undefined,
    async (error) => {
      shutdown();
      await Promise.allSettled(runs);
      throw error;
    },
  );
  return { done, shutdown };
}
