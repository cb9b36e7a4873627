import { setTimeout as delay } from 'node:timers/promises';
import { bundleWorkflows } from '../../scripts/bundle.ts';
import type { Child } from '../../scripts/stack/child.ts';
import type { Log } from '../../scripts/stack/log.ts';
import type { Stack } from '../../scripts/stack/stack.ts';
import type { TaskQueue } from '../../shared/task-queues.ts';
import { compileWorker } from './compiled-worker.ts';
import type { Mutant } from './mutants.ts';

const MIN_GAP_MS = 2_000;
const MAX_GAP_MS = 4_000;
/** Starting a process costs seconds of a small machine; those that stand by hide it. */
const STANDBYS = 2;

/** Worker processes side by side, some of which die at any moment. */
export interface WorkerFleet {
  readonly kills: number;
  /** Workers that take work now. */
  readonly ready: number;
  /**
   * Kills a random working worker every 2-4 s and puts another in its place, until the signal or `maxKills`.
   * The last working one is spared: a fleet that is all dead proves nothing.
   */
  killForever(random: () => number, signal: AbortSignal, maxKills?: number): Promise<void>;
}

export async function startFleet(
  stack: Stack,
  size: number,
  queue: TaskQueue,
  mutant: Mutant | null,
  log: Log,
  standbys = STANDBYS,
): Promise<WorkerFleet> {
  const entry = await compileWorker();
  const args = [
    '--bundle',
    await bundleWorkflows(),
    '--queue',
    queue,
    ...(mutant ? ['--mutant', mutant] : []),
  ];
  const working = new Set<Child>();
  const standingBy: Child[] = [];
  let called = 0;
  let started = 0;
  let kills = 0;

  function startOne(): void {
    const name = `worker-${++started}`;
    const ownLog: Log = {
      say: log.say,
      line(part, text) {
        if (text === 'worker stands by') standingBy.push(worker);
        else if (text === 'worker ready') working.add(worker);
        else log.line(part, text);
        callUp();
      },
    };
    const worker: Child = stack.startEntry(name, entry, { args, mayEnd: true, log: ownLog });
    void worker.exited.then(() => working.delete(worker));
  }

  /** Keeps `size` workers at work as long as there are any that stand by. */
  function callUp(): void {
    while (called - kills < size) {
      const next = standingBy.shift();
      if (!next) return;
      called += 1;
      process.kill(next.pid, 'SIGUSR2');
    }
  }

  for (let i = 0; i < size + standbys; i++) startOne();
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
        if (!victim || candidates.length < 2) continue;
        process.kill(victim.pid, 'SIGKILL');
        working.delete(victim);
        kills += 1;
        callUp();
        startOne();
      }
    },
  };
}
