import { continueAsNew, isCancellation, proxyActivities, setHandler } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { StaffAssignmentActivities } from '../../../activities/phone-desk/staff-assignment/index.ts';
import { findFailure, isFailure } from '../../../shared/failures.ts';
import { fewAtOnce } from '../../lib/few-at-once.ts';
import { News } from '../../lib/news.ts';
import { proxySteps } from '../../lib/steps.ts';
import { calendarHosts, databaseStep } from '../../policies.ts';
import { eventTypeSyncStart, eventTypesAskedSignal } from '../event-type-sync/contract.ts';
import { assignmentAskedSignal, type StaffAssignmentInput, type StaffAssignmentResult } from './contract.ts';

const steps = proxySteps<StaffAssignmentActivities>(databaseStep);
const runs = proxySteps<RunActivities>(databaseStep);
const calendar = proxyActivities<StaffAssignmentActivities>(calendarHosts);

const EVENT_TYPES_AT_ONCE = 3;
const BATCH = 20;
/** A history that grows on and on gets slow. */
const BATCHES_PER_RUN = 5;

/**
 * Puts staff on event types of the calendar and takes them off, one write per event type. What stands on the list, what
 * became of it and whether it is to stop is in the database; one event type that fails stops no other, a refused key
 * stops them all.
 */
export async function staffAssignment(input: StaffAssignmentInput): Promise<StaffAssignmentResult> {
  const { batchId, companyId } = input;
  const news = new News();
  setHandler(assignmentAskedSignal, () => news.arrived());
  for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) {
    news.read();
    const beganMs = Date.now();
    const next = await steps.nextEventTypes(batchId, companyId, BATCH);
    if (next.state === 'gone') return { status: 'gone' };
    const stop = next.state === 'go' ? await changeAll(batchId, next.eventTypeIds) : next.state;
    const { status, compareAgain } = await steps.endAssignments(batchId, stop);
    if (status === 'goes-on') {
      const restMs = next.state === 'go' ? next.paceMs - (Date.now() - beganMs) : 0;
      // A request to stop ends the wait.
      if (restMs > 0) await news.wait(restMs);
      continue;
    }
    if (compareAgain) await runs.nudgeWorkflow(eventTypeSyncStart({ companyId }), eventTypesAskedSignal.name);
    if (!news.unread) return { status };
  }
  return continueAsNew<typeof staffAssignment>(input);
}

/** Null: the batch goes on. What was refused or not reached in time is noted with each of its assignments. */
async function changeAll(batchId: string, eventTypeIds: number[]): Promise<'key-refused' | null> {
  let refused = false;
  await fewAtOnce(eventTypeIds, EVENT_TYPES_AT_ONCE, async (eventTypeId) => {
    if (refused) return;
    try {
      await calendar.changeHosts(batchId, eventTypeId);
    } catch (error) {
      if (isFailure(error, 'VendorUnauthorized')) refused = true;
      else if (isCancellation(error)) await steps.stopAssignments(batchId);
      else await steps.failAssignments(batchId, eventTypeId, reasonOf(error));
    }
  });
  return refused ? 'key-refused' : null;
}

const reasonOf = (error: unknown) =>
  findFailure(error)?.nonRetryable
    ? (findFailure(error)?.message ?? 'refused')
    : 'the calendar could not be reached in time: retry';
