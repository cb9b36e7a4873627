import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from './log.ts';
import { commandLine, isAlive } from './processes.ts';
import { waitUntil } from './wait-until.ts';

const STOP_LIMIT_MS = 10_000;

/**
 * Deals with what a killed start left in the cluster folder. A server that still runs on this very folder is
 * stopped; a lock file whose process is gone, or is some other program by now, is removed.
 */
export async function endOrphan(cluster: string, log: Log): Promise<void> {
  const lockFile = join(cluster, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
  if (isAlive(pid) && commandLine(pid).includes(cluster)) {
    log.say(`PostgreSQL of an earlier start still runs (pid ${pid}) and is stopped`);
    process.kill(pid, 'SIGINT');
    await waitUntil('the stop of the earlier PostgreSQL', async () => !isAlive(pid), STOP_LIMIT_MS);
  }
  rmSync(lockFile, { force: true });
}
