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
/** Two hours by the setting's default; what others still have to carry out takes one at most. */
const MAX_LOOKS = 8;
/** Each gap is twice the one before it, up to so many times the first. */
const LONGEST_GAP = 60;

/**
 * Forgets a person: from the first step on nobody finds them, and nothing more is kept; their runs end; rows, files and
 * the key are destroyed; the vendors are told, from ids alone. Whoever was still at work may have written something
 * meanwhile: after a while everything is looked at again, until nothing is found; what does not go at all is named in the
 * end. The row is the proof.
 */
export async function gdprErasure({ erasureId }: ErasureInput): Promise<ErasureResult> {
  const { status, waits } = await steps.beginErasure(erasureId);
  if (status !== 'begun') return { status };
  await endRuns(erasureId, waits.runsMs);
  await work.erase(erasureId);
  const told = tellVendors(erasureId);
  await sleep(waits.settleMs);
  const clean = await eraseRest(erasureId, waits, MAX_LOOKS);
  await told;
  // What the vendors were told has left its own traces.
  await eraseRest(erasureId, waits, clean ? MAX_LOOKS : 1);
  return { status: await steps.finishErasure(erasureId) };
}

/** False: something was still found by the last look. */
async function eraseRest(
  erasureId: string,
  waits: { runsMs: number; settleMs: number },
  looks: number,
): Promise<boolean> {
  let gapMs = waits.settleMs;
  for (let look = 1; ; look += 1) {
    await endRuns(erasureId, waits.runsMs);
    await work.erase(erasureId);
    if (await work.verify(erasureId)) return true;
    if (look === looks) return false;
    await sleep(gapMs);
    gapMs = Math.min(2 * gapMs, LONGEST_GAP * waits.settleMs);
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
