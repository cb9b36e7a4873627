import { parseArgs } from 'node:util';
import { createDeps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { connectNative, installRuntime } from '../../platform/temporal-runtime.ts';
import { bundleWorkflows } from '../../scripts/bundle.ts';
import { selectWorkers } from '../../workers/registry.ts';
import { startWorkers } from '../../workers/start-workers.ts';
import { withoutLedger } from './mutants.ts';

/** A worker process of a fault run: the product's own, or one with a named flaw. Made to be killed. */
const { mutant } = parseArgs({ options: { mutant: { type: 'string', default: '' } } }).values;
const flaw = mutant === 'no-ledger' ? { effects: () => withoutLedger } : {};
const deps = await createDeps(readEnv(), { serviceName: 'worker', ...flaw });
installRuntime(deps.log);
const connection = await connectNative(deps.env);
const workers = await startWorkers(selectWorkers([]), deps, connection, await bundleWorkflows());
process.stdout.write('worker ready\n');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => workers.shutdown());
await workers.done;
await connection.close();
await deps.close();
