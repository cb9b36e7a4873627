import { defineSignal } from '@temporalio/workflow';
import { bookingSyncWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface BookingSyncInput {
  companyId: string;
}

/** How the comparison of a company's bookings with its calendar ended; the next one goes on from there. */
export type BookingSyncResult = {
  status:
    | 'synced'
    /** The calendar refuses the company's key; operators are alerted. */
    | 'key-refused'
    /** The calendar did not answer in time. */
    | 'postponed'
    /** The company is gone, not active, or has no key. */
    | 'not-connected';
};

/** Somebody asks for a comparison; one that runs is followed by another. */
export const syncAskedSignal = defineSignal('syncAsked');

/** One per company at a time. */
export function bookingSyncStart(
  input: BookingSyncInput,
  startDelayMs = 0,
): WorkflowStart<[BookingSyncInput]> {
  const { companyId } = input;
  return {
    workflowType: 'bookingSync',
    workflowId: bookingSyncWorkflowId(companyId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.low,
    fairnessKey: companyId,
    search: { companyId, domain: 'phone-desk', entityId: companyId, tags: ['calendar', 'sync'] },
    ...(startDelayMs > 0 ? { startDelayMs } : {}),
  };
}
