import { type CallRef, claimRefreshes } from '../../../db/phone-desk/call/call-refresh.ts';
import type { Deps } from '../../../platform/deps.ts';

const BATCH = 100;

/** What the `refresh-sweep` chain does to the outside; contents only. */
export function createRefreshSweepActivities({ db, clock }: Deps) {
  return {
    /** One batch of settled calls whose refresh is due. */
    async claimRefreshes(): Promise<{ calls: CallRef[]; more: boolean }> {
      const { calls, claimed } = await claimRefreshes(db, clock(), BATCH);
      return { calls, more: claimed === BATCH };
    },
  };
}

export type RefreshSweepActivities = ReturnType<typeof createRefreshSweepActivities>;
