import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startProgram } from './child.ts';
import type { Log } from './log.ts';
import type { Supervisor } from './supervisor.ts';
import { waitUntil } from './wait-until.ts';

export interface TemporalOptions {
  /** Path of the Temporal CLI. */
  executable: string;
  dataDir: string;
  port: number;
  uiPort: number;
  log: Log;
  signal: AbortSignal;
  run: Supervisor['run'];
}

const NAMESPACE = 'default';

const DYNAMIC_CONFIG = [
  'matching.useNewMatcher=true',
  'matching.enableFairness=true',
  'system.enableEagerWorkflowStart=true',
  'system.enableActivityEagerExecution=true',
  'frontend.enableUpdateWorkflowExecution=true',
];

const SEARCH_ATTRIBUTES = ['CompanyId=Keyword', 'Domain=Keyword', 'EntityId=Keyword', 'Tags=KeywordList'];

/** Starts the Temporal dev server on a SQLite file in the data folder; `ready` waits for the namespace. */
export function startTemporal(options: TemporalOptions): { ready(): Promise<void> } {
  const { executable, dataDir, port, uiPort, log, signal, run } = options;
  const args = ['server', 'start-dev', '--db-filename', join(dataDir, 'temporal.db')];
  args.push('--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL');
  args.push('--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort));
  args.push('--namespace', NAMESPACE, '--log-level', 'warn');
  for (const setting of DYNAMIC_CONFIG) args.push('--dynamic-config-value', setting);
  for (const attribute of SEARCH_ATTRIBUTES) args.push('--search-attribute', attribute);
  const start = () =>
    startProgram({
      name: 'temporal',
      log,
      command: executable,
      args,
      stopLimitMs: 8_000,
      // Its banner names addresses that we print ourselves; its goodbye is a page of lost connections.
      show: (line) => line.includes(' level='),
      quietStop: true,
    });
  run(start);
  const answers = () => knowsNamespace(`127.0.0.1:${port}`);
  return { ready: () => waitUntil('Temporal', answers, 60_000, signal) };
}

/** Asks as a worker or a client would: a list goes through the namespace cache of the whole server. */
async function knowsNamespace(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.workflowService.listWorkflowExecutions({ namespace: NAMESPACE, pageSize: 1 });
    return true;
  } finally {
    await connection.close();
  }
}
