import { defineSignal } from '@temporalio/workflow';
import { eventTypeSyncWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface EventTypeSyncInput {
  companyId: string;
}

/** How the comparison of a company's event types with its calendar ended. */
export type EventTypeSyncResult = {
  status:
    | 'synced'
    /** The calendar refuses the company's key; operators are alerted. */
    | 'key-refused'
    /** The calendar did not answer in time; nothing was changed here. */
    | 'postponed'
    /** The company is gone, not active, or has no key. */
    | 'not-connected';
};

/** Somebody asks for a comparison; one that runs is followed by another. */
export const eventTypesAskedSignal = defineSignal('eventTypesAsked');

/** One per company at a time. */
export function eventTypeSyncStart(
  input: EventTypeSyncInput,
  startDelayMs = 0,
): WorkflowStart<[EventTypeSyncInput]> {
  const { companyId } = input;
  return {
    workflowType: 'eventTypeSync',
    workflowId: eventTypeSyncWorkflowId(companyId),
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
