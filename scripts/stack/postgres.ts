import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Account, postgresAccount } from './account.ts';
import { startProgram } from './child.ts';
import type { Log } from './log.ts';
import { type PostgresFolder, postgresFolder } from './postgres-folder.ts';
import { endOrphan } from './postgres-orphan.ts';
import type { Supervisor } from './supervisor.ts';
import { waitUntil } from './wait-until.ts';

export interface PostgresOptions {
  dataDir: string;
  port: number;
  log: Log;
  /** False trades durability for speed; only for data that is thrown away. */
  durable: boolean;
  signal: AbortSignal;
  run: Supervisor['run'];
}

export interface Postgres {
  /** Connection string of the maintenance database. */
  adminUrl: string;
  ready(): Promise<void>;
}

interface Place {
  folder: PostgresFolder;
  cluster: string;
  account: Account | undefined;
  log: Log;
}

const PASSWORD = 'postgres';
/** Its diary, the rest of a message that is hidden, and our own probe that came too early. */
const QUIET_LINES = / (LOG|STATEMENT|DETAIL|HINT): |^\s|the database system is starting up/;
const MAX_CONNECTIONS = 200;

/** Connection string of one database of the embedded server. */
export function postgresUrl(port: number, database: string): string {
  return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;
}

/** Makes the cluster when there is none and starts the server; `ready` waits until it takes queries. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { port, log, durable } = options;
  const account = postgresAccount(join(options.dataDir, 'postgres', 'cluster'));
  const folder = postgresFolder(options.dataDir, account, log);
  const cluster = join(folder.root, 'cluster');
  await ensureCluster({ folder, cluster, account, log });
  await endOrphan(cluster, log);

  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(MAX_CONNECTIONS),
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const start = () =>
    startProgram({
      name: 'postgres',
      log,
      command: join(folder.bin, 'postgres'),
      args: ['-D', cluster, '-p', String(port), ...flags],
      cwd: '/',
      // "Fast" shutdown: sessions are ended, the data is flushed.
      stopSignal: 'SIGINT',
      stopLimitMs: 8_000,
      show: (line) => !QUIET_LINES.test(line),
      ...(account ? { account } : {}),
    });
  options.run(start);
  const adminUrl = postgresUrl(port, 'postgres');
  const ready = () => waitUntil('PostgreSQL', () => answers(adminUrl), 60_000, options.signal);
  return { adminUrl, ready };
}

/** Makes a database when it is missing. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await query(adminUrl, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  });
}

async function answers(url: string): Promise<boolean> {
  await query(url, (client) => client.query('SELECT 1'));
  return true;
}

async function query(url: string, run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await run(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** `initdb` beside the final place and a rename: an interrupted first start leaves no half-made cluster. */
async function ensureCluster(place: Place): Promise<void> {
  const { folder, cluster, account, log } = place;
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    await checkMajorVersion(place);
    return;
  }
  const unfinished = `${cluster}.new`;
  const passwordFile = join(folder.root, 'initial-password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  if (account) {
    chownSync(unfinished, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  const login = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  try {
    await runTool(place, 'initdb', [...login, ...locale, '--no-sync', '-D', unfinished]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster);
  log.say(`PostgreSQL: new data folder ${cluster}`);
}

async function checkMajorVersion(place: Place): Promise<void> {
  const data = readFileSync(join(place.cluster, 'PG_VERSION'), 'utf8').trim();
  const server = /PostgreSQL\) (\d+)/.exec(await runTool(place, 'postgres', ['--version']))?.[1];
  if (server !== data) {
    throw new Error(
      `The data in ${place.cluster} was made by PostgreSQL ${data}, this is ${server}: move it away to start anew.`,
    );
  }
}

async function runTool({ folder, account }: Place, tool: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(join(folder.bin, tool), args, { ...account, cwd: '/' });
    return stdout;
  } catch (error) {
    throw new Error(`PostgreSQL's ${tool} failed: ${(error as Error).message}`, { cause: error });
  }
}
