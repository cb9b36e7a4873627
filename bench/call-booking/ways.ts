import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type NativeConnection, Worker } from '@temporalio/worker';
import type { Deps } from '../../platform/deps.ts';
import { bundleWorkflows } from '../../scripts/bundle.ts';
import { appointmentWorkflowId } from '../../shared/ids.ts';
import { priorities } from '../../shared/workflow-start.ts';
import { selectWorkers } from '../../workers/registry.ts';
import { startWorkers } from '../../workers/start-workers.ts';
import {
  type CallInput,
  type CallResult,
  callEventSignal,
  callStart,
} from '../../workflows/phone-desk/call/contract.ts';
import { createNaiveActivities } from '../naive/activities.ts';

export const wayNames = ['ours', 'naive', 'empty'] as const;
export type WayName = (typeof wayNames)[number];

export interface Way {
  readsInbox: boolean;
  /** Starts the call's run and waits for its end; the ids of the runs it made. */
  run(input: CallInput): Promise<string[]>;
  stop(): Promise<void>;
}

type Start = (deps: Deps, connection: NativeConnection) => Promise<Way>;

async function ours(deps: Deps, connection: NativeConnection): Promise<Way> {
  const workers = await startWorkers(selectWorkers([]), deps, connection, await bundleWorkflows());
  return {
    readsInbox: true,
    async run(input) {
      const start = callStart(input, null);
      await deps.starter.startOrSignal(start, callEventSignal);
      const result = await deps.temporal.workflow.getHandle(start.workflowId).result();
      return [start.workflowId, appointmentWorkflowId(booked(result))];
    },
    async stop() {
      workers.shutdown();
      await workers.done;
    },
  };
}

async function naive(deps: Deps, connection: NativeConnection): Promise<Way> {
  const taskQueue = 'bench-naive';
  const activities = createNaiveActivities(deps);
  const stop = await startWorker(deps, connection, taskQueue, '../naive/workflows.ts', activities);
  return {
    readsInbox: true,
    stop,
    async run(input) {
      const workflowId = `naive/${input.vendorCallId}`;
      const { workflow } = deps.temporal;
      const handle = await workflow.start('naiveCallBooking', { workflowId, taskQueue, args: [input] });
      return [workflowId, `naive-appointment/${booked(await handle.result())}`];
    },
  };
}

async function empty(deps: Deps, connection: NativeConnection): Promise<Way> {
  const taskQueue = 'bench-empty';
  const stop = await startWorker(deps, connection, taskQueue, './empty-workflow.ts', {});
  return {
    readsInbox: false,
    stop,
    async run({ vendorCallId }) {
      const workflowId = `empty/${vendorCallId}`;
      await deps.starter.start({
        workflowType: 'empty',
        workflowId,
        taskQueue,
        args: [],
        whenClosed: 'refuse',
        whenOpen: 'refuse',
        priority: priorities.high,
        fairnessKey: 'bench',
        search: { companyId: null, domain: 'phone-desk', entityId: vendorCallId, tags: ['bench'] },
      });
      await deps.temporal.workflow.getHandle(workflowId).result();
      return [workflowId];
    },
  };
}

export const ways: Record<WayName, Start> = { ours, naive, empty };

function booked({ outcome, appointmentId }: CallResult): string {
  if (outcome === 'booked' && appointmentId) return appointmentId;
  throw new Error(`a call ended as ${outcome}`);
}

/** A worker with the slots of the product's. */
async function startWorker(
  { env }: Deps,
  connection: NativeConnection,
  taskQueue: string,
  workflows: string,
  activities: object,
): Promise<() => Promise<void>> {
  const workflowsPath = fileURLToPath(new URL(workflows, import.meta.url));
  const worker = await Worker.create({
    connection,
    namespace: env.TEMPORAL_NAMESPACE,
    taskQueue,
    activities,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }),
    maxCachedWorkflows: env.WORKER_MAX_CACHED_WORKFLOWS,
    maxConcurrentWorkflowTaskExecutions: env.WORKER_WORKFLOW_SLOTS,
    maxConcurrentLocalActivityExecutions: env.WORKER_LOCAL_ACTIVITY_SLOTS,
    maxConcurrentActivityTaskExecutions: env.WORKER_ACTIVITY_SLOTS,
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}
