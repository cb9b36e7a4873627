/**
 * Preload for our own processes: when stdin closes, because the supervisor ended or was killed, the process
 * stops as on SIGTERM and does not outlive the limit. Worker threads inherit preloads and need no leash.
 */
import { isMainThread } from 'node:worker_threads';

const STOP_LIMIT_MS = 12_000;

if (isMainThread) {
  process.stdin.resume();
  process.stdin.once('end', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
  });
  process.stdin.unref?.();
}
