import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { retellWebhookPath } from '../api/webhooks/retell.ts';
import { connectDatabase } from '../db/connect.ts';
import { migrateToLatest } from '../db/migrate.ts';
import { temporaryDataFolder } from '../scripts/stack/data-folder.ts';
import { silentLog } from '../scripts/stack/log.ts';
import { ensureDatabase, postgresUrl } from '../scripts/stack/postgres.ts';
import { isolatedSettings } from '../scripts/stack/settings.ts';
import { startStack } from '../scripts/stack/stack.ts';
import type { LoadOrder, LoadReport } from './ingest/load.ts';
import { describeMachine, readMachine } from './machine.ts';
import { median } from './quantile.ts';

const ways = {
  express: 'one INSERT per request, behind Express and its body parser',
  single: 'one INSERT per request, same thin handler as below',
  shared: 'shared commits on `node:http` (the product)',
} as const;
type Way = keyof typeof ways;

const ROUNDS = 3;
const CONNECTIONS = 128;
const KEY = 'key_bench';

/**
 * `npm run bench -- ingest [--requests 20000]`: durable acknowledgements per second with signature, schema
 * and dedupe on. The ways take turns on one PostgreSQL (fsync on) with the load generator beside them; none
 * hands its events over. Fails when an event is missing or stored twice.
 */
export async function run(args: string[] = []): Promise<void> {
  const { values } = parseArgs({ args, options: { requests: { type: 'string', default: '20000' } } });
  const requests = Number(values.requests);
  const machine = describeMachine(readMachine());
  const settings = await isolatedSettings(['postgres'], temporaryDataFolder());
  const stack = await startStack({ settings, log: silentLog, removeData: true });
  try {
    const { POSTGRES_PORT } = settings.ports;
    await ensureDatabase(postgresUrl(POSTGRES_PORT, 'postgres'), 'bench');
    const url = postgresUrl(POSTGRES_PORT, 'bench');
    await migrateToLatest(url);
    const { pool, close } = connectDatabase(url, 1);
    const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
    const reports: Record<Way, LoadReport[]> = { express: [], single: [], shared: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const way of Object.keys(ways) as Way[]) {
        const report = await measure(way, url, pool, requests);
        reports[way].push(report);
        process.stdout.write(
          `${way.padEnd(8)} ${report.perSecond.toFixed(0).padStart(6)} acknowledgements/s\n`,
        );
      }
    }
    await close();
    const postgres = `PostgreSQL ${rows[0]?.server_version} (fsync on)`;
    const page = describe(reports, requests, `${machine}, ${postgres}`);
    const result = { requests, connections: CONNECTIONS, machine: `${machine}, ${postgres}`, reports };
    await writeFile(new URL('./results/ingest.md', import.meta.url), page);
    await writeFile(
      new URL('./results/ingest.json', import.meta.url),
      `${JSON.stringify(result, null, 2)}\n`,
    );
    process.stdout.write(`\n${page}`);
  } finally {
    await stack.stop();
  }
}

async function measure(way: Way, url: string, pool: pg.Pool, requests: number): Promise<LoadReport> {
  await pool.query('TRUNCATE inbox_events');
  await pool.query('CHECKPOINT');
  const server = start('./ingest/server.ts', [way, url, KEY]);
  const load = start('./ingest/load.ts', []);
  try {
    const [[port]] = await Promise.all([once(server, 'message'), once(load, 'message')]);
    const order: LoadOrder = {
      port,
      path: retellWebhookPath,
      key: KEY,
      requests: 2_000,
      connections: CONNECTIONS,
      duplicateEvery: 50,
    };
    const warmUp = await tell(load, order);
    const report = await tell(load, { ...order, requests });
    await expectRows(pool, warmUp.uniqueEvents + report.uniqueEvents);
    return report;
  } finally {
    server.kill();
    load.kill();
  }
}

function start(file: string, args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ['--import', 'tsx'] });
}

async function tell(load: ChildProcess, order: LoadOrder): Promise<LoadReport> {
  load.send(order);
  const [report] = await Promise.race([
    once(load, 'message'),
    once(load, 'exit').then(() => Promise.reject(new Error('the load generator ended'))),
  ]);
  return report as LoadReport;
}

async function expectRows(pool: pg.Pool, expected: number): Promise<void> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::integer AS n FROM inbox_events');
  if (rows[0]?.n !== expected)
    throw new Error(`${rows[0]?.n} events are stored, ${expected} were acknowledged`);
}

function describe(reports: Record<Way, LoadReport[]>, requests: number, machine: string): string {
  const rates = (way: Way) => median(reports[way].map((report) => report.perSecond));
  const lines = (Object.keys(ways) as Way[]).map((way) => {
    const p50 = median(reports[way].map((report) => report.p50Ms)).toFixed(1);
    const p99 = median(reports[way].map((report) => report.p99Ms)).toFixed(1);
    const times = (rates(way) / rates('express')).toFixed(2);
    return `| ${ways[way]} | ${rates(way).toFixed(0)} | ${times} | ${p50} | ${p99} |`;
  });
  return `# Ingest: durable acknowledgements per second

Signature, schema, sealing and dedupe on; every acknowledged event was found in the database, once.
Median of ${ROUNDS} rounds of ${requests} requests on ${CONNECTIONS} connections, the ways taking turns, the load generator beside
them on the same machine. The hand-over to the workflows is off in all ways.

| way | per second | × | p50 ms | p99 ms |
|---|---|---|---|---|
${lines.join('\n')}

Target: at least 2 × one INSERT per request: ${rates('shared') >= 2 * rates('express') ? 'met' : '**missed**'}.
Against one INSERT per request with the same handler: ${(rates('shared') / rates('single')).toFixed(2)} ×.

Machine: ${machine}.
Again: \`npm run bench -- ingest\`.
`;
}
