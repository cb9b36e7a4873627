import { parseArgs } from 'node:util';
import type { WorkerProcess } from './worker-process.ts';

/**
 * `npm run worker -- --queues phone-desk`: a worker process; all queues when none is named. It listens for
 * signals before it loads the rest, which takes seconds: a process that is stopped while it starts ends
 * cleanly.
 */
const { values } = parseArgs({ options: { queues: { type: 'string', default: '' } } });
let running: WorkerProcess | undefined;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  // Before the workers run there is nothing to finish.
  process.on(signal, () => (running ? running.stop() : process.exit(0)));
}

const { startWorkerProcess } = await import('./worker-process.ts');
running = await startWorkerProcess(values.queues.split(',').filter(Boolean));
process.exitCode = (await running.done) ? 0 : 1;
