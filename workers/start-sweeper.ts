import { createChainHandOver } from '../api/webhooks/hand-over.ts';
import type { Deps } from '../platform/deps.ts';
import { createSweeper, type Sweeper } from '../platform/inbox/sweeper.ts';

/** Sweeps the inbox beside the workers: what was accepted goes on, also while no API process runs. */
export function startSweeper(deps: Deps): Sweeper {
  const { pool, log, env } = deps;
  const handOver = createChainHandOver(deps);
  const sweeper = createSweeper({ pool, handOver, log, intervalMs: env.INBOX_SWEEP_INTERVAL_MS });
  return {
    async close() {
      await sweeper.close();
      await handOver.close();
    },
  };
}
