import { defineSignal } from '@temporalio/workflow';
import { monthlyBillingWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface MonthlyBillingInput {
  /** `YYYY-MM`, over everywhere. */
  month: string;
}

/**
 * Every way a billing can end: `completed`, every bill is made; `finished`, some failed and can be tried again;
 * `cancelled` before all had their turn; `started`, what the schedule does.
 */
export type MonthlyBillingResult = {
  status: 'completed' | 'finished' | 'cancelled' | 'started';
  month: string;
};

/** It was asked for again: what failed is pending once more. */
export const billingRequestedSignal = defineSignal('billingRequested');

/** One run per month; started again it takes up what failed or was cancelled. */
export function monthlyBillingStart(input: MonthlyBillingInput): WorkflowStart<[MonthlyBillingInput]> {
  return {
    workflowType: 'monthlyBilling',
    workflowId: monthlyBillingWorkflowId(input.month),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.low,
    fairnessKey: 'billing',
    search: { companyId: null, domain: 'phone-desk', entityId: input.month, tags: ['billing'] },
  };
}
