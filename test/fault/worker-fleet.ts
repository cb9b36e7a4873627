import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../../scripts/stack/child.ts';
import type { Log } from '../../scripts/stack/log.ts';
import type { Stack } from '../../scripts/stack/stack.ts';
import type { Mutant } from './mutants.ts';

const MIN_GAP_MS = 2_000;
const MAX_GAP_MS = 4_000;

/** Worker processes side by side, some of which die at any moment. */
export interface WorkerFleet {
  readonly kills: number;
  /** Workers that take work now. */
  readonly ready: number;
  /** Kills a random working worker every 2-4 s and starts another, until the signal or `maxKills`. */
  killForever(random: () => number, signal: AbortSignal, maxKills?: number): Promise<void>;
}

export function startFleet(stack: Stack, size: number, mutant: Mutant | null, log: Log): WorkerFleet {
  const working = new Set<Child>();
  let started = 0;
  let kills = 0;

  function startOne(): void {
    let worker: Child | null = null;
    const ownLog: Log = {
      say: log.say,
      line(part, text) {
        if (text === 'worker ready' && worker) working.add(worker);
        else log.line(part, text);
      },
    };
    worker = stack.startEntry(`worker-${++started}`, 'test/fault/worker.ts', {
      args: mutant ? ['--mutant', mutant] : [],
      mayEnd: true,
      log: ownLog,
    });
    const self = worker;
    void self.exited.then(() => working.delete(self));
  }

  for (let i = 0; i < size; i++) startOne();
  return {
    get kills() {
      return kills;
    },
    get ready() {
      return working.size;
    },
    async killForever(random, signal, maxKills = Number.POSITIVE_INFINITY) {
      while (kills < maxKills) {
        const gapMs = MIN_GAP_MS + random() * (MAX_GAP_MS - MIN_GAP_MS);
        await delay(gapMs, undefined, { signal }).catch(() => {});
        if (signal.aborted) return;
        const candidates = [...working];
        const victim = candidates[Math.floor(random() * candidates.length)];
        if (!victim) continue;
        process.kill(victim.pid, 'SIGKILL');
        working.delete(victim);
        kills += 1;
        startOne();
      }
    },
  };
}
