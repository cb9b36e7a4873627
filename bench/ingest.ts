import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { retellWebhookPath } from '../api/webhooks/retell.ts';
import { migrateToLatest } from '../db/migrate.ts';
import { temporaryDataFolder } from '../scripts/stack/data-folder.ts';
import { silentLog } from '../scripts/stack/log.ts';
import { ensureDatabase, postgresUrl } from '../scripts/stack/postgres.ts';
import { isolatedSettings } from '../scripts/stack/settings.ts';
import { startStack } from '../scripts/stack/stack.ts';
import type { LoadOrder, LoadReport } from './ingest/load.ts';

const ways = {
  express: 'one INSERT per request, behind Express and its body parser',
  single: 'one INSERT per request, same thin handler as below',
  shared: 'shared commits on `node:http` (the product)',
} as const;
type Way = keyof typeof ways;

const ROUNDS = 3;
const REQUESTS = 20_000;
const CONNECTIONS = 128;
const KEY = 'key_bench';

/**
 * `npm run bench -- ingest`: durable acknowledgements per second with signature, schema and dedupe on. The
 * ways take turns on one PostgreSQL (fsync on) with the load generator beside them. Fails when an event is
 * missing or stored twice.
 */
export async function run(): Promise<void> {
  const settings = await isolatedSettings(['postgres'], temporaryDataFolder());
  const stack = await startStack({ settings, log: silentLog, removeData: true });
  try {
    const { POSTGRES_PORT } = settings.ports;
    await ensureDatabase(postgresUrl(POSTGRES_PORT, 'postgres'), 'bench');
    const url = postgresUrl(POSTGRES_PORT, 'bench');
    await migrateToLatest(url);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
    const reports: Record<Way, LoadReport[]> = { express: [], single: [], shared: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const way of Object.keys(ways) as Way[]) {
        const report = await measure(way, url, pool);
        reports[way].push(report);
        process.stdout.write(
          `${way.padEnd(8)} ${rateOf(report).toFixed(0).padStart(6)} acknowledgements/s\n`,
        );
      }
    }
    await pool.end();
    const page = describe(reports, rows[0]?.server_version ?? '');
    await writeFile(new URL('./results/ingest.md', import.meta.url), page);
    process.stdout.write(`\n${page}`);
  } finally {
    await stack.stop();
  }
}

async function measure(way: Way, url: string, pool: pg.Pool): Promise<LoadReport> {
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
    const report = await tell(load, { ...order, requests: REQUESTS });
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

const rateOf = ({ seconds }: LoadReport) => REQUESTS / seconds;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

function describe(reports: Record<Way, LoadReport[]>, postgresVersion: string): string {
  const rates = (way: Way) => median(reports[way].map(rateOf));
  const lines = (Object.keys(ways) as Way[]).map((way) => {
    const p50 = median(reports[way].map((report) => report.p50Ms)).toFixed(1);
    const p99 = median(reports[way].map((report) => report.p99Ms)).toFixed(1);
    const times = (rates(way) / rates('express')).toFixed(2);
    return `| ${ways[way]} | ${rates(way).toFixed(0)} | ${times} | ${p50} | ${p99} |`;
  });
  const { length } = cpus();
  return `# Ingest: durable acknowledgements per second

Signature, schema, sealing and dedupe on; every acknowledged event was found in the database, once.
Median of ${ROUNDS} rounds of ${REQUESTS} requests on ${CONNECTIONS} connections, the ways taking turns, the load generator beside
them on the same machine.

| way | per second | × | p50 ms | p99 ms |
|---|---|---|---|---|
${lines.join('\n')}

Against one INSERT per request with the same handler: ${(rates('shared') / rates('single')).toFixed(2)} ×.

Machine: ${length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node.js ${process.versions.node}, PostgreSQL ${postgresVersion} (fsync on).
Again: \`npm run bench -- ingest\`.
`;
}
