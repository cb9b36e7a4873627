import { parseArgs } from 'node:util';
import { createDeps } from '../platform/deps.ts';
import { readEnv } from '../platform/env.ts';
import { connectNative, installRuntime } from '../platform/temporal-runtime.ts';
import { bundleWorkflows } from '../scripts/bundle.ts';
import { selectWorkers } from './registry.ts';
import { startWorkers } from './start-workers.ts';

/** `npm run worker -- --queues phone-desk`: a worker process; all queues when none is named. */
const { values } = parseArgs({ options: { queues: { type: 'string', default: '' } } });
const definitions = selectWorkers(values.queues.split(',').filter(Boolean));
const deps = await createDeps(readEnv(), { serviceName: 'worker' });
installRuntime(deps.log);
const connection = await connectNative(deps.env);
const workers = await startWorkers(definitions, deps, connection, await bundleWorkflows());
deps.log.info({ queues: definitions.map(({ taskQueue }) => taskQueue) }, 'workers are running');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => workers.shutdown());
await workers.done;
await connection.close();
await deps.close();
