import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { inheritEnv } from '../../platform/env.ts';
import { assertPortsFree } from '../../scripts/stack/ports.ts';
import { isolatedSettings, portsOf, type StackSettings } from '../../scripts/stack/settings.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/infra.ts', import.meta.url));

/** A supervisor in a process of its own, on free ports. */
async function startInfra(settings: StackSettings) {
  const child = spawn(process.execPath, ['--import', 'tsx', FIXTURE], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: inheritEnv(settings.variables),
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const isUp = async () => output.includes('infra is up') || child.exitCode !== null;
  await waitUntil('the infrastructure', isUp, 30_000);
  return {
    output: () => output,
    async end(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

async function query(settings: StackSettings, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: settings.env.DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function temporalRuns(settings: StackSettings, startId?: string): Promise<number> {
  const connection = await Connection.connect({ address: settings.env.TEMPORAL_ADDRESS });
  const namespace = 'default';
  try {
    if (startId) {
      await connection.workflowService.startWorkflowExecution({
        namespace,
        workflowId: startId,
        requestId: startId,
        workflowType: { name: 'none' },
        taskQueue: { name: 'nobody' },
      });
    }
    const { count } = await connection.workflowService.countWorkflowExecutions({ namespace });
    return Number(count);
  } finally {
    await connection.close();
  }
}

const allGone = (settings: StackSettings) => assertPortsFree(portsOf(settings), 10_000);

it('keeps its state over restarts, a kill, and a lock file that names a stranger', {
  timeout: 90_000,
}, async () => {
  const dataDir = temporaryFolder();
  const settings = await isolatedSettings(['postgres', 'temporal'], dataDir);

  const first = await startInfra(settings);
  await query(settings, 'CREATE TABLE note (text text)');
  await query(settings, "INSERT INTO note VALUES ('kept')");
  await temporalRuns(settings, 'kept');
  await waitUntil('the run in the list', async () => (await temporalRuns(settings)) === 1, 10_000);
  expect(await first.end('SIGINT')).toBe(0);
  expect(first.output()).toContain('everything is stopped');
  await allGone(settings);

  // A killed supervisor takes its servers with it; the next start waits for them and goes on.
  const second = await startInfra(settings);
  await second.end('SIGKILL');
  const third = await startInfra(settings);
  expect(await query(settings, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
  expect(await temporalRuns(settings)).toBe(1);
  await third.end('SIGKILL');
  await allGone(settings);

  // After a power cut the lock file stays, and its process id may by now be somebody else's.
  const cluster = join(dataDir, 'postgres', 'cluster');
  writeFileSync(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n`);
  const fourth = await startInfra(settings);
  expect(await query(settings, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
  expect(await fourth.end('SIGTERM')).toBe(0);
  await allGone(settings);
});

it('says why it cannot start, and leaves nothing running', async () => {
  const settings = await isolatedSettings(['postgres', 'temporal'], temporaryFolder());
  mkdirSync(join(settings.dataDir, 'postgres', 'cluster'), { recursive: true });
  writeFileSync(join(settings.dataDir, 'postgres', 'cluster', 'PG_VERSION'), '9\n');
  const infra = await startInfra(settings);
  expect(await infra.end('SIGTERM')).toBe(1);
  expect(infra.output()).toContain('was made by PostgreSQL 9');
  await allGone(settings);
});
