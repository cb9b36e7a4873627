import { createLog, type Log } from './log.ts';
import type { Stack } from './stack.ts';

/** A second Ctrl-C within this time is the same keystroke, which npm and the terminal deliver both. */
const SAME_KEYSTROKE_MS = 1_000;

export interface Tools {
  log: Log;
  /** Aborted when the run is to end early. */
  signal: AbortSignal;
  /** Hands over a started stack: it is watched and stopped. */
  adopt(stack: Stack): void;
}

/**
 * Runs a stack for a person. `main` starts it and answers the exit code, or `keep-running` to go on until
 * Ctrl-C, SIGTERM, the death of our starter, or the failure of a part. All parts are stopped before the exit.
 */
export async function supervise(main: (tools: Tools) => Promise<number | 'keep-running'>): Promise<never> {
  const log = createLog();
  const interrupt = new AbortController();
  let stack: Stack | undefined;
  let running = false;
  let partFailed: (code: number) => void = () => {};
  const failure = new Promise<number>((resolve) => {
    partFailed = resolve;
  });
  const adopt = (started: Stack) => {
    stack = started;
    void started.failed.then((error) => {
      log.say(error.message);
      partFailed(1);
    });
  };

  const interrupted = onInterrupt((name, code) => {
    log.say(`${name}: stopping …`);
    interrupt.abort(new Error(name));
    // Ctrl-C is the ordinary end of a stack that stays up.
    return running ? 0 : code;
  });
  const finished = main({ log, signal: interrupt.signal, adopt }).catch((error: unknown) => {
    if (!interrupt.signal.aborted) log.say(error instanceof Error ? error.message : String(error));
    return 1;
  });

  const ended = Promise.race([interrupted, failure]);
  let exitCode = await Promise.race([finished, ended]);
  if (exitCode === 'keep-running') {
    running = true;
    exitCode = await ended;
  }
  // Interrupted while it still starts: the start stops its own parts.
  if (!stack) await finished;
  await stack?.stop();
  log.say('everything is stopped');
  process.exit(exitCode);
}

function onInterrupt(decide: (name: string, code: number) => number): Promise<number> {
  let firstAt = 0;
  return new Promise((resolve) => {
    const interrupt = (name: string, code: number) => {
      if (firstAt === 0) {
        firstAt = Date.now();
        resolve(decide(name, code));
      } else if (Date.now() - firstAt > SAME_KEYSTROKE_MS) {
        // Impatient: the parts end by themselves when this process is gone.
        process.exit(code);
      }
    };
    process.on('SIGINT', () => interrupt('Ctrl-C', 130));
    process.on('SIGTERM', () => interrupt('SIGTERM', 143));
    process.on('SIGHUP', () => interrupt('SIGHUP', 129));
    // Whoever read our log is gone (a closed pipe): nobody would see what happens.
    process.stdout.on('error', () => interrupt('the output was closed', 1));
    process.on('disconnect', () => interrupt('the starter ended', 1));
    // The channel to the starter must not keep a finished run alive.
    process.channel?.unref();
  });
}
