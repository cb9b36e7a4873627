import type { Child } from './child.ts';

/** Keeps the list of running parts: notices when one ends by itself, and stops them in reverse order. */
export interface Supervisor {
  /** Settles when a part ends that nobody asked to end. */
  failed: Promise<Error>;
  /** Aborted by a failure, by `stop` and by the caller's signal; what waits for a part listens to it. */
  signal: AbortSignal;
  /** Starts a part, unless all is ending. `mayEnd`: its end is no failure. */
  run(start: () => Child, mayEnd?: boolean): Child;
  /** Stops the parts, the last started first. Safe to call twice. */
  stop(): Promise<void>;
}

export function createSupervisor(callerSignal?: AbortSignal): Supervisor {
  const children: Child[] = [];
  const giveUp = new AbortController();
  const signal = callerSignal ? AbortSignal.any([callerSignal, giveUp.signal]) : giveUp.signal;
  let stopping: Promise<void> | null = null;
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });

  async function stopAll(): Promise<void> {
    giveUp.abort(new Error('the stack is being stopped'));
    for (const child of children.toReversed()) {
      if (!child.hasExited) await child.stop();
    }
  }

  return {
    failed,
    signal,
    run(start, mayEnd = false) {
      signal.throwIfAborted();
      const child = start();
      children.push(child);
      if (mayEnd) return child;
      void child.exited.then((exit) => {
        if (stopping) return;
        const how = exit.signal ? `by ${exit.signal}` : `with code ${exit.code}`;
        const lines = child.lastLines().map((line) => `  ${line}`);
        const error = new Error(
          [`${child.name} ended unexpectedly ${how}. Its last lines:`, ...lines].join('\n'),
        );
        giveUp.abort(error);
        fail(error);
      });
      return child;
    },
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
