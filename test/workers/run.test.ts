import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { afterAll, beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest';
import { connectDatabase, type Connection as DatabaseConnection } from '../../db/connect.ts';
import { createInbox, type Inbox } from '../../platform/inbox/inbox.ts';
import { createVault } from '../../platform/vault.ts';
import { appointmentWorkflowId } from '../../shared/ids.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { LISTENS, startRelay, startWorker, type WorkerRun } from './fixture.ts';

// A worker process takes seconds to load on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const masterKeys = `1:${Buffer.alloc(32, 5).toString('base64')}`;
const EVENTS = 40;

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

function workerOn(temporalAddress: string): WorkerRun {
  const worker = startWorker({
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress,
    SWITCHBOARD_MASTER_KEYS: masterKeys,
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
  const far = workerOn(relay.address);
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
  for (const line of [...near.lines, ...far.lines]) {
    if (line !== LISTENS) expect(JSON.parse(line), line).toMatchObject({ service: 'worker' });
  }
  const core = far.lines.find((line) => line.includes('"sdkComponent":"core"')) as string;
  expect(JSON.parse(core)).toMatchObject({ level: 'warn', part: 'temporal-sdk' });
});
