import { defineSignal } from '@temporalio/workflow';
import { staffAssignmentWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface StaffAssignmentInput {
  batchId: string;
  companyId: string;
}

/**
 * Every way a batch can end; an undo is a batch, too. `gone`: with its company.
 */
export type StaffAssignmentResult = {
  status: /** Everything is as it was asked for; an undo may have left what others changed since. */
    | 'completed'
    /** Some failed and can be tried again. */
    | 'finished'
    /** Stopped on request before all had their turn. */
    | 'cancelled'
    /** The calendar refuses the company's key; operators are alerted, and a retry goes on from there. */
    | 'key-refused'
    /** The company has no key, or is not active. */
    | 'not-connected'
    | 'gone';
};

/** It was asked for again, or is to stop: the database says what. */
export const assignmentAskedSignal = defineSignal('assignmentAsked');

/** One run per batch; started again it takes up what is pending once more. */
export function staffAssignmentStart(input: StaffAssignmentInput): WorkflowStart<[StaffAssignmentInput]> {
  const { batchId, companyId } = input;
  return {
    workflowType: 'staffAssignment',
    workflowId: staffAssignmentWorkflowId(batchId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.default,
    fairnessKey: companyId,
    search: { companyId, domain: 'phone-desk', entityId: batchId, tags: ['calendar', 'staff'] },
  };
}
