import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inheritEnv } from '../../platform/env.ts';
import { binaries, findBinary } from '../temporal-binary.mjs';
import { type Child, startEntry } from './child.ts';
import { lockDataFolder } from './data-folder.ts';
import type { Log } from './log.ts';
import { assertPortsFree } from './ports.ts';
import { ensureDatabase, startPostgres } from './postgres.ts';
import { outsideFolder } from './postgres-folder.ts';
import { portsOf, type StackSettings } from './settings.ts';
import { createSupervisor } from './supervisor.ts';
import { startTemporal } from './temporal.ts';
import { answersOk, waitUntil } from './wait-until.ts';

export interface StackOptions {
  settings: StackSettings;
  log: Log;
  /** Migrate the database and fill in the example companies. Default: whenever `app` is started. */
  seed?: boolean;
  /** False: PostgreSQL skips fsync, for data that is thrown away. Default true. */
  durable?: boolean;
  /** Stopping removes the data folder and what belongs to it outside. */
  removeData?: boolean;
  /** Ends the start early. */
  signal?: AbortSignal;
}

/** A running stack. Entries started through it stop with it. */
export interface Stack {
  settings: StackSettings;
  /** Environment for further processes that talk to this stack. */
  childEnv: NodeJS.ProcessEnv;
  /** Settles when a part ends that nobody asked to end. */
  failed: Promise<Error>;
  /** Runs one of our TypeScript files (path from the root of the repository) beside the stack. */
  startEntry(name: string, entry: string, options?: EntryOptions): Child;
  /** Stops all parts, the last started first. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EntryOptions {
  args?: string[];
  env?: Record<string, string>;
  /** True: its end is no failure of the stack (one-shot scripts, workers that a fault run kills). */
  mayEnd?: boolean;
  log?: Log;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_LIMIT_MS = 60_000;
/** What a killed stack's parts need to end by themselves. */
const ENDING_PARTS_LIMIT_MS = 10_000;
const START_END_LIMIT_MS = 10_000;

/** Starts the parts that the settings name and returns when every one of them answers. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { settings, log, durable = true } = options;
  const { parts, ports, dataDir } = settings;
  const supervisor = createSupervisor(options.signal);
  const { signal } = supervisor;
  const childEnv = inheritEnv(settings.variables);
  const toRemove = options.removeData ? [dataDir, outsideFolder(dataDir)] : [];
  const seed = options.seed ?? parts.has('app');
  let stopped: Promise<void> | null = null;
  const services: Promise<void>[] = [];

  const stack: Stack = {
    settings,
    childEnv,
    failed: supervisor.failed,
    startEntry(name, entry, { args = [], env = {}, mayEnd = false, log: ownLog = log } = {}) {
      const start = () =>
        startEntry({ name, log: ownLog, entry, args, env: { ...childEnv, ...env }, cwd: ROOT });
      return supervisor.run(start, mayEnd);
    },
    stop() {
      stopped ??= supervisor.stop().then(startEnded).then(cleanUp);
      return stopped;
    },
  };
  const lock = lockDataFolder(dataDir);
  // A start that is given up may still be at work on the data folder.
  async function startEnded(): Promise<void> {
    const limit = delay(START_END_LIMIT_MS, undefined, { ref: false });
    await Promise.race([Promise.allSettled(services), limit]);
  }
  async function cleanUp(): Promise<void> {
    lock.release();
    for (const folder of toRemove) await rm(folder, { recursive: true, force: true });
  }

  const ready = (what: string, url: string) => waitUntil(what, () => answersOk(url), READY_LIMIT_MS, signal);

  async function emulators(): Promise<void> {
    stack.startEntry('emulators', 'scripts/emulators/main.ts');
    await ready('the emulators', `http://127.0.0.1:${ports.EMULATORS_PORT}/_emulator/health`);
  }

  async function temporal(): Promise<void> {
    const executable = await findBinary(binaries.cli, { env: childEnv, dataDir, say: log.say });
    const place = { executable, dataDir, port: ports.TEMPORAL_PORT, uiPort: ports.TEMPORAL_UI_PORT };
    const server = startTemporal({ ...place, log, signal, run: supervisor.run });
    await server.ready();
  }

  async function postgres(): Promise<void> {
    const run = supervisor.run;
    const server = await startPostgres({ dataDir, port: ports.POSTGRES_PORT, log, durable, signal, run });
    await server.ready();
    await ensureDatabase(server.adminUrl, 'switchboard');
  }

  async function migrate(): Promise<void> {
    const script = stack.startEntry('migrate', 'scripts/migrate.ts', { args: ['--seed'], mayEnd: true });
    const { code } = await script.exited;
    if (code !== 0) throw new Error(`The migration failed:\n${script.lastLines().join('\n')}`);
  }

  async function app(): Promise<void> {
    stack.startEntry('app', 'scripts/stack/all-in-one.ts');
    await ready('the API', `http://127.0.0.1:${ports.PORT}/readyz`);
  }

  async function startParts(): Promise<void> {
    await assertPortsFree(portsOf(settings), lock.takenOver ? ENDING_PARTS_LIMIT_MS : 0);
    if (parts.has('emulators')) services.push(emulators());
    if (parts.has('temporal')) services.push(temporal());
    const database = parts.has('postgres') ? postgres() : Promise.resolve();
    services.push(seed ? database.then(migrate) : database);
    await Promise.all(services);
    if (parts.has('app')) await app();
  }

  try {
    const failure = supervisor.failed.then((error) => {
      throw error;
    });
    await Promise.race([startParts(), failure]);
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
