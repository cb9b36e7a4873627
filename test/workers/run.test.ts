import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import protocol from '@temporalio/proto';
import pino from 'pino';
import { afterAll, beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest';
import { connectDatabase, type Connection as DatabaseConnection } from '../../db/connect.ts';
import { createInbox, type Inbox } from '../../platform/inbox/inbox.ts';
import { createVault } from '../../platform/vault.ts';
import { appointmentWorkflowId } from '../../shared/ids.ts';
import { appointmentStart } from '../../workflows/phone-desk/appointment/contract.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { LISTENS, startRelay, startWorker, type WorkerRun } from './fixture.ts';

// A worker process takes seconds to load on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const masterKeys = `1:${Buffer.alloc(32, 5).toString('base64')}`;
const EVENTS = 40;
const { EventType } = protocol.temporal.api.enums.v1;

let database: TestDatabase;
let connection: DatabaseConnection;
let temporal: Client;
let inbox: Inbox;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = connectDatabase(database.url, 4);
  temporal = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
  inbox = createInbox({
    pool: connection.pool,
    vault: createVault(masterKeys),
    log: pino({ level: 'silent' }),
  });
});
afterAll(async () => {
  await inbox?.close();
  await temporal?.connection.close();
  await connection?.close();
  await database?.drop();
});

function workerOn(temporalAddress: string, queue = 'phone-desk', more = {}): WorkerRun {
  const worker = startWorker(queue, {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress,
    SWITCHBOARD_MASTER_KEYS: masterKeys,
    ...more,
  });
  onTestFinished(worker.kill);
  return worker;
}

interface Accepted {
  id: string;
  appointmentId: string;
}

/** An event for an appointment that is not there: its run ends at once. */
async function acceptEvent(): Promise<Accepted> {
  const appointmentId = randomUUID();
  const { id } = await inbox.accept({
    source: 'api',
    eventKey: `test:${appointmentId}`,
    eventType: 'appointment.changed',
    entity: appointmentWorkflowId(appointmentId),
    companyId: null,
    body: Buffer.from(JSON.stringify({ appointmentId, companyId: randomUUID() })),
    requestId: 'test',
    traceParent: null,
  });
  return { id, appointmentId };
}

const events = () =>
  connection.db.selectFrom('inbox_events').select(['status', 'attempts', 'last_error']).execute();
const ended = { code: 0, signal: null };

/** Every line is ours, whoever said it. */
function expectOneLog({ lines }: WorkerRun): void {
  for (const line of lines) {
    if (line !== LISTENS) expect(JSON.parse(line), line).toMatchObject({ service: 'worker' });
  }
}

it('ends cleanly on SIGTERM as soon as it runs, before anything is loaded', async () => {
  const silent = await startRelay();
  onTestFinished(silent.cut);
  const worker = workerOn(silent.address);
  await worker.says(LISTENS);
  expect(await worker.stop()).toEqual(ended);
  expect([worker.lines, silent.connections()]).toEqual([[LISTENS], 0]);
});

it('ends cleanly on SIGTERM while it waits for Temporal', async () => {
  const silent = await startRelay();
  onTestFinished(silent.cut);
  const worker = workerOn(silent.address);
  await expect.poll(silent.connections, { timeout: 45_000, interval: 20 }).toBeGreaterThan(0);
  expect(await worker.stop()).toEqual(ended);
});

it('sweeps the inbox beside other workers, without an API, and stops with what it began', async () => {
  const relay = await startRelay(inject('temporalAddress'));
  onTestFinished(relay.cut);
  const near = workerOn(inject('temporalAddress'));
  // It shares in the sweeping alone. An answer to its workers may be on its way even when all runs have ended.
  const far = workerOn(relay.address, 'operations');
  await Promise.all([near.says('workers are running'), far.says('workers are running')]);

  const accepted = await Promise.all(Array.from({ length: EVENTS }, acceptEvent));
  const once = Array.from({ length: EVENTS }, () => ({ status: 'done', attempts: 1, last_error: null }));
  await expect.poll(events, { timeout: 30_000 }).toEqual(once);
  const resultOf = ({ appointmentId }: Accepted) =>
    temporal.workflow.getHandle(appointmentWorkflowId(appointmentId)).result();
  expect(await Promise.all(accepted.map(resultOf))).toEqual(accepted.map(() => ({ status: 'gone' })));

  // Handed over once more after its run has ended: nothing is left to do, and nothing is stuck.
  const again = accepted[0] as Accepted;
  expect(await inbox.replay(again.id)).toBe('replayed');
  await expect.poll(events, { timeout: 30_000 }).toEqual(once);
  expect(await resultOf(again)).toEqual({ status: 'gone' });

  // Idle, so that nothing has to be forced, one of the two loses Temporal.
  relay.cut();
  await far.says('"sdkComponent":"core"');
  const ends = await Promise.all([near.stop(), far.stop()]);
  expect(ends, far.lines.slice(-5).join('\n')).toEqual([ended, ended]);
  expectOneLog(near);
  expectOneLog(far);
  const core = far.lines.find((line) => line.includes('"sdkComponent":"core"')) as string;
  expect(JSON.parse(core)).toMatchObject({ level: 'warn', part: 'temporal-sdk' });
});

it('is forced to end, and says why, when Temporal does not take what it has done', async () => {
  const relay = await startRelay(inject('temporalAddress'));
  onTestFinished(relay.cut);
  const worker = workerOn(relay.address, 'phone-desk', {
    WORKER_SHUTDOWN_GRACE_MS: '500',
    WORKER_SHUTDOWN_FORCE_MS: '1000',
  });
  await worker.says('workers are running');
  relay.hold();
  const { workflowType, workflowId, taskQueue, args } = appointmentStart({
    appointmentId: randomUUID(),
    companyId: randomUUID(),
    unsettled: [],
  });
  const run = await temporal.workflow.start(workflowType, { workflowId, taskQueue, args });
  onTestFinished(() => run.terminate().then(() => undefined));
  const lastEvent = async () => (await run.fetchHistory()).events?.at(-1)?.eventType;
  await expect.poll(lastEvent, { timeout: 30_000 }).toBe(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED);
  expect(await worker.stop()).toEqual({ code: 1, signal: null });
  expectOneLog(worker);
  const levels = worker.lines.filter((line) => line !== LISTENS).map((line) => JSON.parse(line).level);
  expect(levels).toContain('fatal');
});
