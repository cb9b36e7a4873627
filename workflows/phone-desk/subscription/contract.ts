import { defineSignal } from '@temporalio/workflow';
import { subscriptionWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface SubscriptionInput {
  companyId: string;
}

/** Every way a look at a subscription can end; while one runs, its run stays. */
export type SubscriptionResult = {
  status:
    | 'ended'
    /** The company has a customer at Stripe and no subscription (yet). */
    | 'none'
    /** The company does not exist any more. */
    | 'gone';
};

/** Something has happened at Stripe, or something was asked for; the run reads what. */
export const subscriptionNewsSignal = defineSignal('subscriptionNews');

/** One run per company, from the first subscription to its end; what comes later starts another. */
export function subscriptionStart(input: SubscriptionInput): WorkflowStart<[SubscriptionInput]> {
  return {
    workflowType: 'subscription',
    workflowId: subscriptionWorkflowId(input.companyId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.critical,
    fairnessKey: input.companyId,
    search: {
      companyId: input.companyId,
      domain: 'phone-desk',
      entityId: input.companyId,
      tags: ['subscription'],
    },
  };
}
