import { tsToMs } from '@temporalio/common/lib/time.js';
import type { Deps } from '../../../platform/deps.ts';
import { queueCheck } from '../../../shared/health.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import type { HeartbeatLimits } from './limits.ts';
import { Finding, type Look } from './timed.ts';

/** `temporal.api.enums.v1.TaskQueueType`: of workflow tasks, of activity tasks. */
const QUEUE_TYPES = [1, 2] as const;

/** The namespace, and each task queue: whether somebody serves it, and whether its work moves. */
export function looksAtTemporal({ temporal, env }: Deps, limits: HeartbeatLimits): Look[] {
  const namespace = env.TEMPORAL_NAMESPACE;
  const within = <T>(ask: () => Promise<T>) => temporal.withDeadline(Date.now() + limits.temporalMs, ask);

  async function describeQueue(name: string, taskQueueType: 1 | 2) {
    const { pollers, stats } = await within(() =>
      temporal.workflowService.describeTaskQueue({
        ...{ namespace, taskQueue: { name }, taskQueueType },
        reportStats: true,
      }),
    );
    const freshest = Math.max(0, ...pollers.map(({ lastAccessTime }) => tsToMs(lastAccessTime)));
    return {
      served: Date.now() - freshest < limits.pollerMs,
      depth: Number(stats?.approximateBacklogCount ?? 0),
      waitMs: tsToMs(stats?.approximateBacklogAge),
    };
  }

  const queues = Object.values(taskQueues).map((name) => ({
    name: queueCheck(name),
    limitMs: limits.temporalMs,
    patience: 1,
    async ask() {
      const found = await Promise.all(QUEUE_TYPES.map((type) => describeQueue(name, type)));
      const facts = {
        depth: found.reduce((sum, { depth }) => sum + depth, 0),
        waitMs: Math.round(Math.max(...found.map(({ waitMs }) => waitMs))),
      };
      if (!found.every(({ served }) => served)) throw new Finding('no-worker', facts);
      if (facts.waitMs > limits.queueWaitMs) throw new Finding('long-wait', facts);
      if (facts.depth > limits.queueDepth) throw new Finding('too-deep', facts);
      return facts;
    },
  }));
  const server: Look = {
    name: 'temporal',
    limitMs: limits.temporalMs,
    patience: 2,
    async ask() {
      await within(() => temporal.workflowService.describeNamespace({ namespace }));
      return {};
    },
  };
  return [server, ...queues];
}
