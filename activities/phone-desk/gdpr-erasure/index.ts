import { erase, lookAgain } from '../../../db/privacy/erase.ts';
import { beginErasure, noteVerified, readErasure } from '../../../db/privacy/erasures.ts';
import { finishErasure } from '../../../db/privacy/finish-erasure.ts';
import { listAtVendors } from '../../../db/privacy/vendor-traces.ts';
import type { Deps } from '../../../platform/deps.ts';
import { personFolder } from '../../../shared/file-keys.ts';
import { deleteVendorCall } from './delete-vendor-call.ts';
import { cancelRuns, cutOffRuns, stillRunning } from './end-runs.ts';
import { freeSlots } from './free-slots.ts';

/** What the `gdpr-erasure` chain does to the outside; contents only. */
export function createErasureActivities(deps: Deps) {
  const { db, vault, env, files, clock } = deps;
  const folderOf = async (erasureId: string) => {
    const { company_id, person_id } = await readErasure(db, erasureId);
    return personFolder(company_id, person_id);
  };
  const countFiles = async (erasureId: string) => {
    let count = 0;
    for await (const _ of files.list(await folderOf(erasureId))) count += 1;
    return count;
  };
  return {
    async beginErasure(erasureId: string) {
      const waits = { runsMs: env.ERASURE_RUN_GRACE_MS, settleMs: env.ERASURE_SETTLE_MS };
      return { status: await beginErasure(db, vault, erasureId), waits };
    },
    cancelRuns: cancelRuns.bind(null, deps),
    stillRunning: stillRunning.bind(null, deps),
    cutOffRuns: cutOffRuns.bind(null, deps),
    /** Rows and key first: from then on no copy of a file can be read, wherever it is. */
    async erase(erasureId: string): Promise<void> {
      await freeSlots(deps, erasureId);
      await erase(db, vault, erasureId, await countFiles(erasureId));
      await files.deleteAll(await folderOf(erasureId));
    },
    /** False: something is left, or came back. */
    async verify(erasureId: string): Promise<boolean> {
      const left = await lookAgain(db, await readErasure(db, erasureId));
      if (Object.keys(left).length > 0 || (await countFiles(erasureId)) > 0) return false;
      await noteVerified(db, erasureId);
      return true;
    },
    listAtVendors: (erasureId: string) => listAtVendors(db, erasureId, clock()),
    deleteVendorCall: deleteVendorCall.bind(null, deps),
    finishErasure: async (erasureId: string) => finishErasure(db, erasureId, await countFiles(erasureId)),
  };
}

export type ErasureActivities = ReturnType<typeof createErasureActivities>;
