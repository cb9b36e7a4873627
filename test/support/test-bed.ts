import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { inject } from 'vitest';
import { startApi } from '../../api/server.ts';
import { createApiKey } from '../../db/api-keys.ts';
import { type SeedCompany, seedCompanies } from '../../db/seed/companies.ts';
import { fillInCompany } from '../../db/seed/fill-in.ts';
import { createDeps, type Deps, type Overrides } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { createWorkflowStarter, type WorkflowStarter } from '../../platform/temporal.ts';
import { traceActivityInterceptor } from '../../platform/trace.ts';
import { createEmulatorHost } from '../../scripts/emulators/host.ts';
import { vendorEmulators } from '../../scripts/emulators/roster.ts';
import { seedCalendar } from '../../scripts/seed-calendar.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import type { FaultPlan, LedgerEntry } from '../../shared/emulator.ts';
import type { TaskQueue } from '../../shared/task-queues.ts';
import type { WorkflowStart } from '../../shared/workflow-start.ts';
import { registry } from '../../workers/registry.ts';
import { createTestDatabase } from './database.ts';

export interface BedOptions {
  settings?: Record<string, string>;
  overrides?: Overrides;
  companies?: SeedCompany[];
  worker?: Partial<WorkerOptions>;
}

/** A whole application of its own: database, emulators, API and a worker of one domain on its own queue. */
export interface TestBed {
  deps: Deps;
  env: TestWorkflowEnvironment;
  taskQueue: string;
  apiUrl: string;
  emulatorsUrl: string;
  /** What a vendor executed. */
  ledger(vendor: string, operation?: string): Promise<LedgerEntry[]>;
  fault(plan: FaultPlan): Promise<void>;
  /** Ends all faults and closes the circuit breakers that they opened. */
  clearFaults(): Promise<void>;
  /** Asks our own API as an operator; throws with the answer's text when it refuses. */
  api(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Record<string, unknown>>;
  /** Posts to an emulator's control address. */
  control(path: string, body: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Polls until `look` finds something; throws with `what` when it never does. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  limitMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function openTestBed(
  env: TestWorkflowEnvironment,
  domain: TaskQueue,
  options: BedOptions = {},
): Promise<TestBed> {
  const companies = options.companies ?? seedCompanies;
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-desk-'));
  const database = await createTestDatabase();
  const ports = await freePorts();
  const host0 = readEnv({ SMTP_PORT: String(ports.SMTP_PORT) });
  const emulators = await createEmulatorHost({ dataDir, port: 0, emulators: vendorEmulators(host0) });
  await seedCalendar(emulators.url, companies);

  const settings = readEnv({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    SWITCHBOARD_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: env.address,
    EMULATORS_PORT: String(emulators.port),
    SMTP_PORT: String(emulators.smtpPort ?? ports.SMTP_PORT),
    PORT: String(ports.PORT),
    PUBLIC_URL: `http://127.0.0.1:${ports.PORT}`,
    INBOX_SWEEP_INTERVAL_MS: '100',
    ...options.settings,
  });
  const taskQueue = `${domain}-${randomUUID()}`;
  const base = await createDeps(settings, options.overrides);
  const starter = onQueue(createWorkflowStarter(base.temporal), domain, taskQueue);
  const deps: Deps = { ...base, starter };
  for (const company of companies) {
    await fillInCompany(deps.db, deps.vault, company, { apiCallsPerMinute: 100_000 });
  }

  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    activities: registry[domain].activities(deps),
    interceptors: { activity: [traceActivityInterceptor] },
    workflowBundle: { codePath: inject('workflowBundle') },
    shutdownGraceTime: '1s',
    shutdownForceTime: '5s',
    ...options.worker,
  });
  const running = worker.run();
  const api = await startApi(deps);
  const apiUrl = `http://127.0.0.1:${api.port}`;
  const control = (path: string, init?: RequestInit) => fetch(`${emulators.url}${path}`, init);
  const { key: operatorKey } = await createApiKey(deps.db, { companyId: null, name: 'operator' });
  const post = async (path: string, body: unknown) => {
    const response = await control(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };

  return {
    deps,
    env,
    taskQueue,
    apiUrl,
    emulatorsUrl: emulators.url,
    async ledger(vendor, operation) {
      const query = operation ? `&operation=${operation}` : '';
      return (await (await control(`/_emulator/ledger?vendor=${vendor}${query}`)).json()) as LedgerEntry[];
    },
    async fault(plan) {
      await post('/_emulator/faults', plan);
    },
    async clearFaults() {
      await control('/_emulator/faults', { method: 'DELETE' });
      await deps.pool.query('DELETE FROM circuit_breakers');
    },
    async api(method, path, body) {
      const response = await fetch(`${apiUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${operatorKey}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
    control: post,
    async close() {
      await api.close();
      worker.shutdown();
      await running;
      await base.close();
      await emulators.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Tests share one Temporal server: each bed's runs go to its own queue, those of other domains to nobody's. */
function onQueue(starter: WorkflowStarter, domain: TaskQueue, taskQueue: string): WorkflowStarter {
  const to = (start: WorkflowStart) => ({
    ...start,
    taskQueue: start.taskQueue === domain ? taskQueue : `nobody-${taskQueue}`,
  });
  return {
    start: (start) => starter.start(to(start)),
    startOrSignal: (start, signal) => starter.startOrSignal(to(start), signal),
    signal: starter.signal,
  };
}
