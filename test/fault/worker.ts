import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { createDeps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { connectNative, installRuntime } from '../../platform/temporal-runtime.ts';
import { selectWorkers } from '../../workers/registry.ts';
import { startWorkers } from '../../workers/start-workers.ts';
import { definitionsWithFlaw, withFlaw } from './mutants.ts';

/**
 * A worker process of a fault run: the product's own, or one with a named flaw. Made to be killed. It loads
 * everything, then waits for SIGUSR2 to take work, so that a killed worker is replaced at once.
 */
const { mutant, bundle, queue } = parseArgs({
  options: {
    mutant: { type: 'string', default: '' },
    bundle: { type: 'string', default: '' },
    /** The one that the run is about; serving others as well would make every start dearer. */
    queue: { type: 'string', default: '' },
  },
}).values;
const deps = withFlaw(mutant, await createDeps(readEnv(), { serviceName: 'worker' }));
installRuntime(deps.log);
const connection = await connectNative(deps.env);
// Waiting for a signal alone does not keep a process alive.
const alive = setInterval(() => {}, 60_000);
const leave = () => process.exit(0);
process.once('SIGTERM', leave);
const called = once(process, 'SIGUSR2');
process.stdout.write('worker stands by\n');
await called;
clearInterval(alive);
process.off('SIGTERM', leave);
const definitions = definitionsWithFlaw(mutant, selectWorkers([queue]));
const workers = await startWorkers(definitions, deps, connection, bundle);
process.stdout.write('worker ready\n');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => workers.shutdown());
await workers.done;
await connection.close();
await deps.close();
