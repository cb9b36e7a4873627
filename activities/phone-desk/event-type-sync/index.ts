import { findCompany } from '../../../db/companies.ts';
import { beginSync, finishSync, isConnected } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { SyncEnd } from '../../../shared/calendar-sync.ts';
import { listMembersSeen, readAccount, readMember, readTeam } from './read-calendar.ts';
import { settleEventTypes } from './settle-event-types.ts';

/** What the `event-type-sync` chain does to the outside; contents only. */
export function createEventTypeSyncActivities(deps: Deps) {
  const { db } = deps;
  const targetOf = (companyId: string) => ({ companyId, kind: 'event-types' }) as const;
  return {
    /** Null: the company has no calendar to compare with. */
    async beginEventTypeSync(companyId: string, takenBy: string): Promise<string | null> {
      if (!(await findCompany(db, companyId))) return null;
      const syncId = await beginSync(db, targetOf(companyId), takenBy);
      if (await isConnected(db, companyId)) return syncId;
      await finishSync(db, targetOf(companyId), syncId, { status: 'not-connected', detail: {} });
      return null;
    },
    readAccount: readAccount.bind(null, deps),
    readTeam: readTeam.bind(null, deps),
    listMembersSeen: listMembersSeen.bind(null, deps),
    readMember: readMember.bind(null, deps),
    settleEventTypes: settleEventTypes.bind(null, deps),
    finishEventTypeSync: (
      companyId: string,
      syncId: string,
      end: { status: SyncEnd; detail: Record<string, unknown> },
    ) => finishSync(db, targetOf(companyId), syncId, end),
  };
}

export type EventTypeSyncActivities = ReturnType<typeof createEventTypeSyncActivities>;
