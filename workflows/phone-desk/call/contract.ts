import { defineQuery, defineSignal } from '@temporalio/workflow';
import { callWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

/** The call as the vendor names it; everything else is read from the database. */
export interface CallInput {
  vendor: 'retell';
  vendorCallId: string;
}

/** Every way a call can end. */
export type CallOutcome =
  | 'booked'
  | 'no-wish'
  | 'not-connected'
  | 'alternatives-offered'
  | 'handed-to-person'
  | 'dismissed'
  | 'review-expired'
  | 'cancelled'
  | 'already-settled'
  | 'unroutable'
  | 'call-lost';

export interface CallResult {
  outcome: CallOutcome;
  appointmentId: string | null;
}

/** Where the call stands, for operators. */
export interface CallProgress {
  step: string;
  outcome: CallOutcome | null;
}

/** Something new about this call is in the inbox; the workflow reads it there. */
export const callEventSignal = defineSignal('callEvent');

export const callProgressQuery = defineQuery<CallProgress>('progress');

/**
 * One run per call, joined by every event. A late event of a settled call starts a short new run that
 * files it and changes nothing else.
 */
export function callStart(input: CallInput, companyId: string | null): WorkflowStart<[CallInput]> {
  return {
    workflowType: 'callBooking',
    workflowId: callWorkflowId(input.vendor, input.vendorCallId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.high,
    fairnessKey: companyId ?? 'unrouted',
    search: { companyId, domain: 'phone-desk', entityId: input.vendorCallId, tags: ['call'] },
  };
}
