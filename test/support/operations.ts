import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { crossingActivities } from '../../activities/operations/smoke-test/index.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import { createNamespace } from './namespace.ts';
import { type BedOptions, openTestBed, type TestBed } from './test-bed.ts';

/** A bed whose queues bear their real names, in a namespace of its own; it serves `operations`. */
export interface OperationsBed extends TestBed {
  /** Serves a queue with a worker that can do nothing but cross, unless told otherwise; `close` ends it. */
  serve(taskQueue: string, activities?: object): Promise<{ close(): Promise<void> }>;
  /** Runs a chain to its end, on `operations` unless told otherwise. */
  run<T>(workflowType: string, taskQueue?: string): Promise<{ workflowId: string; result: T }>;
  /** What `GET /api/alerts` says stands, by kind and entity. */
  standing(): Promise<string[]>;
}

export async function openOperationsBed(
  env: TestWorkflowEnvironment,
  options: BedOptions = {},
): Promise<OperationsBed> {
  const namespace = await createNamespace(env.client);
  const bed = await openTestBed(env, taskQueues.operations, {
    ...options,
    settings: { ...options.settings, TEMPORAL_NAMESPACE: namespace },
    worker: { ...options.worker, namespace, taskQueue: taskQueues.operations },
  });
  const opened: { close(): Promise<void> }[] = [];
  let runs = 0;
  return {
    ...bed,
    async serve(taskQueue, activities = crossingActivities) {
      const worker = await Worker.create({
        connection: env.nativeConnection,
        ...{ namespace, taskQueue, activities },
        workflowBundle: { codePath: inject('workflowBundle') },
      });
      const running = worker.run();
      const served = {
        async close() {
          if (worker.getState() === 'RUNNING') worker.shutdown();
          await running;
        },
      };
      opened.push(served);
      return served;
    },
    async run<T>(workflowType: string, taskQueue: string = taskQueues.operations) {
      runs += 1;
      const workflowId = `${workflowType}-${namespace}-${runs}`;
      const { workflow } = bed.deps.temporal;
      const result = (await workflow.execute(workflowType, { workflowId, taskQueue, args: [] })) as T;
      return { workflowId, result };
    },
    async standing() {
      const { items } = await bed.api('GET', '/api/alerts?standing=true&limit=100');
      const alerts = items as { kind: string; entity: string; company: string | null }[];
      return alerts
        .map(({ kind, entity, company }) => [kind, entity, company].filter(Boolean).join(' '))
        .sort();
    },
    async close() {
      await Promise.all(opened.map((each) => each.close()));
      await bed.close();
    },
  };
}
