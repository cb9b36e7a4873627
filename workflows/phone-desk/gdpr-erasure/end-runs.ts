import { proxyActivities, sleep } from '@temporalio/workflow';
import type { ErasureActivities } from '../../../activities/phone-desk/gdpr-erasure/index.ts';
import { erasureBatch } from '../../policies.ts';

const runs = proxyActivities<ErasureActivities>(erasureBatch);

const FIRST_LOOK_MS = 200;
const LAST_GAP_MS = 5_000;
/** A run that ends may have started another; nobody starts one about an erased person. */
const MAX_ROUNDS = 10;

/** Ends the person's runs: each may undo what it has half done, for so long; then it is cut off. */
export async function endRuns(erasureId: string, graceMs: number): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let running = await runs.cancelRuns(erasureId);
    if (running.length === 0) return;
    let waitedMs = 0;
    for (
      let gapMs = FIRST_LOOK_MS;
      running.length > 0 && waitedMs < graceMs;
      gapMs = Math.min(2 * gapMs, LAST_GAP_MS)
    ) {
      await sleep(gapMs);
      waitedMs += gapMs;
      running = await runs.stillRunning(running);
    }
    if (running.length > 0) await runs.cutOffRuns(running);
  }
}
