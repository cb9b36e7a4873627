import {
  endBatch,
  failItems,
  type Stop,
} from '../../../db/phone-desk/staff-assignment/staff-assignment-run.ts';
import { requestAssignmentCancel } from '../../../db/phone-desk/staff-assignment/staff-assignments.ts';
import type { Deps } from '../../../platform/deps.ts';
import { changeHosts } from './change-hosts.ts';
import { nextEventTypes } from './next-event-types.ts';

/** What the `staff-assignment` chain does to the outside; contents only. */
export function createStaffAssignmentActivities(deps: Deps) {
  const { db } = deps;
  return {
    nextEventTypes: nextEventTypes.bind(null, deps),
    changeHosts: changeHosts.bind(null, deps),
    failAssignments: (batchId: string, eventTypeId: number, reason: string) =>
      failItems(db, batchId, eventTypeId, reason),
    /** The run itself is cancelled from outside: that counts as a request. */
    async stopAssignments(batchId: string): Promise<void> {
      await requestAssignmentCancel(db, batchId);
    },
    endAssignments: (batchId: string, stop: Stop | null) => endBatch(db, batchId, stop),
  };
}

export type StaffAssignmentActivities = ReturnType<typeof createStaffAssignmentActivities>;
