import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { readEnv } from '../platform/env.ts';
import { createTemporalClient } from '../platform/temporal.ts';

/**
 * Health check of a worker's container, `node docker/worker-health.ts --queue phone-desk`: asks Temporal
 * whether a worker of this host has polled the queue lately. The SDK names pollers `<pid>@<host name>`.
 */
const FRESH_MS = 120_000;
const DEADLINE_MS = 5_000;
/** `TASK_QUEUE_TYPE_WORKFLOW` of the protocol. */
const WORKFLOW_TASKS = 1;

const { values } = parseArgs({ options: { queue: { type: 'string' } } });
if (!values.queue) throw new Error('usage: node docker/worker-health.ts --queue <task queue>');
const env = readEnv();
const client = await createTemporalClient(env);
const { pollers } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
  client.workflowService.describeTaskQueue({
    namespace: env.TEMPORAL_NAMESPACE,
    taskQueue: { name: values.queue ?? '' },
    taskQueueType: WORKFLOW_TASKS,
  }),
);
const polls = pollers.some(
  ({ identity, lastAccessTime }) =>
    identity?.endsWith(`@${hostname()}`) &&
    Number(lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - FRESH_MS,
);
console.log(polls ? 'polls' : `no worker of ${hostname()} polls ${values.queue}`);
process.exit(polls ? 0 : 1);
