import { readFileSync } from 'node:fs';

const CHECK_INTERVAL_MS = 500;

/**
 * Calls back when the `npm run` behind this process has ended. npm does not hand SIGTERM on through the shell
 * that it starts us with, and says nothing when it is killed: without this the stack would go on for nobody.
 * Does nothing when npm did not start us (`nohup node … &` may outlive its shell).
 * @param {() => void} onGone
 * @param {NodeJS.ProcessEnv} env
 */
export function watchStarter(onGone, env = process.env) {
  if (!env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    onGone();
  }, CHECK_INTERVAL_MS);
  timer.unref();
}

/** Parent of another process; null where there is no /proc. */
function parentOf(pid) {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}
