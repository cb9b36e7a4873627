import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { BookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import type { ErasureActivities } from '../../../activities/phone-desk/gdpr-erasure/index.ts';
import { fewAtOnce } from '../../lib/few-at-once.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, erasureBatch, undoEffect } from '../../policies.ts';
import type { ErasureInput, ErasureResult } from './contract.ts';
import { endRuns } from './end-runs.ts';

const steps = proxySteps<ErasureActivities>(databaseStep);
const work = proxyActivities<ErasureActivities>(erasureBatch);
const vendors = proxyActivities<ErasureActivities>(undoEffect);
const calendar = proxyActivities<BookingActivities>(undoEffect);

const VENDOR_CALLS_AT_ONCE = 5;

/**
 * Forgets a person: from the first step on nobody finds them, and nothing more is kept; their runs end; rows, files and
 * the key are destroyed; the vendors are told, from ids alone. Whoever was still at work may have written something
 * meanwhile: after a while everything is looked at again, until nothing is found. The row is the proof.
 */
export async function gdprErasure({ erasureId }: ErasureInput): Promise<ErasureResult> {
  const { status, waits } = await steps.beginErasure(erasureId);
  if (status !== 'begun') return { status };
  await endRuns(erasureId, waits.runsMs);
  await work.erase(erasureId);
  const told = tellVendors(erasureId);
  await sleep(waits.settleMs);
  await eraseRest(erasureId, waits);
  await told;
  // What the vendors were told has left its own traces.
  await eraseRest(erasureId, waits);
  return { status: await steps.finishErasure(erasureId) };
}

async function eraseRest(erasureId: string, waits: { runsMs: number; settleMs: number }): Promise<void> {
  for (;;) {
    await endRuns(erasureId, waits.runsMs);
    await work.erase(erasureId);
    if (await work.verify(erasureId)) return;
    await sleep(waits.settleMs);
  }
}

/** Each for a week; what a vendor refuses or cannot be asked is in the report. */
async function tellVendors(erasureId: string): Promise<void> {
  const { moves, appointments, calls } = await steps.listAtVendors(erasureId);
  const tell: (() => Promise<unknown>)[] = [
    ...moves.map((id) => () => calendar.withdrawMove(id)),
    ...appointments.map((id) => () => calendar.cancelCalcomBooking(id, 'cancelled')),
    ...calls.map((id) => () => vendors.deleteVendorCall(erasureId, id)),
  ];
  await fewAtOnce(tell, VENDOR_CALLS_AT_ONCE, async (one) => {
    try {
      await one();
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  });
}
