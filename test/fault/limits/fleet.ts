import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { compileWorker } from '../compiled-worker.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const KILL_EVERY_MS = { from: 1_500, to: 3_500 };

/** A process at work. */
export interface Hand {
  tell(message: ToWorker): void;
}

export interface FleetEvents {
  /** It may be given orders. */
  started(hand: Hand): void;
  told(hand: Hand, message: FromWorker): void;
  /** It is dead, and all that it ever told has been heard. */
  gone(hand: Hand): void;
}

export interface LimitFleet {
  readonly kills: number;
  /** Settles with an error when a process ends that nobody has killed. */
  failed: Promise<never>;
  /** Kills a random process every 1.5-3.5 s until the signal; one that stands by takes its place at once. */
  killForever(random: () => number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** `size` processes at work and one that stands by. */
export async function startLimitFleet(
  { size, args }: { size: number; args: string[] },
  events: FleetEvents,
): Promise<LimitFleet> {
  const entry = await compileWorker('test/fault/limits/worker.ts');
  const working = new Map<ChildProcess, Hand>();
  const standingBy: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  let kills = 0;
  let fail: (error: Error) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);

  function startOne(): void {
    const child = fork(entry, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    all.add(child);
    const hand: Hand = { tell: (message) => void (child.connected && child.send(message, () => undefined)) };
    child.on('message', (message: FromWorker) => {
      if (message.did !== 'stand-by') return events.told(hand, message);
      standingBy.push(child);
      callUp();
    });
    // Its messages have all been read by then; the exit alone may come before them.
    child.once('disconnect', () => {
      if (working.delete(child)) events.gone(hand);
      callUp();
    });
    child.once('exit', (code, signal) => {
      all.delete(child);
      if (signal !== 'SIGKILL') fail(new Error(`a worker ended by itself: ${code ?? signal}`));
    });
    hands.set(child, hand);
  }
  const hands = new WeakMap<ChildProcess, Hand>();

  function callUp(): void {
    while (working.size < size) {
      const next = standingBy.shift();
      if (!next) return;
      const hand = hands.get(next)!;
      working.set(next, hand);
      events.started(hand);
    }
  }

  for (let number = 0; number <= size; number += 1) startOne();
  return {
    get kills() {
      return kills;
    },
    failed,
    async killForever(random, signal) {
      for (;;) {
        const gapMs = KILL_EVERY_MS.from + random() * (KILL_EVERY_MS.to - KILL_EVERY_MS.from);
        await delay(gapMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        const victims = [...working.keys()];
        const victim = victims[Math.floor(random() * victims.length)];
        if (!victim || victims.length < 2) continue;
        victim.kill('SIGKILL');
        kills += 1;
        startOne();
      }
    },
    close() {
      for (const child of all) child.kill('SIGKILL');
    },
  };
}
