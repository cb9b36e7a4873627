import { insertEvents } from '../../db/inbox.ts';
import { createDeps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { createLogger } from '../../platform/logger.ts';
import { tracedClient } from '../../platform/temporal.ts';
import { connectNative, installRuntime } from '../../platform/temporal-runtime.ts';
import { callWorkflowId } from '../../shared/ids.ts';
import { median } from '../quantile.ts';
import { type WayName, ways } from './ways.ts';
import { planCall, vendorCallIdOf } from './world.ts';

/** One way of booking calls, as a process like the demo's: client and worker together. Argument: the way. */
export interface Order {
  /** Number of the first call; every call of a run of the benchmark has its own. */
  first: number;
  calls: number;
  concurrency: number;
}

export interface Report {
  seconds: number;
  latenciesMs: number[];
  /** Processor time of this process. */
  cpuSeconds: number;
  /** Of the call's own run, and of all runs the call has led to. */
  callEvents: number;
  allEvents: number;
}

const HISTORIES_READ = 5;
/** No sweeper runs beside the benchmark; the events are only read. */
const NEVER_SWEPT_MS = 86_400_000;

const env = readEnv();
installRuntime(createLogger('temporal', env.LOG_LEVEL));
const connection = await connectNative(env);
const eagerClient = tracedClient(connection, env);
const deps = await createDeps(env, { serviceName: 'bench', eagerClient });
const way = await ways[process.argv[2] as WayName](deps, connection);

async function fillInbox({ first, calls }: Order): Promise<void> {
  const rows = Array.from({ length: calls }, (_, offset) => planCall(first + offset)).flatMap(
    ({ vendorCallId, events }) =>
      events.map(({ type, body }) => ({
        source: 'retell',
        eventKey: `${vendorCallId}/${type}`,
        eventType: type,
        entity: callWorkflowId('retell', vendorCallId),
        companyId: null,
        bodySealed: deps.vault.seal('inbox', body),
        requestId: vendorCallId,
        traceParent: null,
      })),
  );
  await insertEvents(deps.pool, rows, NEVER_SWEPT_MS);
}

async function measure(order: Order): Promise<Report> {
  if (way.readsInbox) await fillInbox(order);
  const latenciesMs: number[] = [];
  const made: string[][] = [];
  let next = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const oneAfterTheOther = async () => {
    while (next < order.calls) {
      const vendorCallId = vendorCallIdOf(order.first + next);
      next += 1;
      const sentAt = performance.now();
      made.push(await way.run({ vendor: 'retell', vendorCallId }));
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: order.concurrency }, oneAfterTheOther));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const events = await Promise.all(made.slice(-HISTORIES_READ).map(countEvents));
  return {
    seconds,
    latenciesMs,
    cpuSeconds: (user + system) / 1e6,
    callEvents: median(events.map(([call]) => call ?? 0)),
    allEvents: median(events.map((runs) => runs.reduce((sum, count) => sum + count, 0))),
  };
}

async function countEvents(workflowIds: string[]): Promise<number[]> {
  const histories = workflowIds.map((id) => deps.temporal.workflow.getHandle(id).fetchHistory());
  return (await Promise.all(histories)).map(({ events }) => events?.length ?? 0);
}

async function stop(): Promise<void> {
  await way.stop();
  await connection.close();
  await deps.close();
  process.exit(0);
}

process.on('message', (order: Order) => {
  measure(order).then(
    (report) => process.send?.(report),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// The benchmark lets go of a process that is to end; so does one that has died.
process.on('disconnect', () => void stop());
process.send?.('ready');
