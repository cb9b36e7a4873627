import { callRefreshWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

/** A call that has been settled. Ids only. */
export interface CallRefreshInput {
  callId: string;
  companyId: string;
  vendorCallId: string;
}

export interface CallRefreshResult {
  status:
    | 'refreshed'
    /** The provider does not know the call (any more). */
    | 'not-known'
    /** The provider could not be asked for a day. */
    | 'unavailable'
    /** What was said in it has been deleted after its time, and does not come back. */
    | 'past-retention'
    | 'erased';
  recording: 'kept' | 'none' | 'gone' | 'too-large' | 'unavailable' | 'deleted' | null;
}

/** Started some time after the call, and on demand; asking twice at once is one refresh. */
export function callRefreshStart(input: CallRefreshInput): WorkflowStart<[CallRefreshInput]> {
  const { callId, companyId } = input;
  return {
    workflowType: 'callRefresh',
    workflowId: callRefreshWorkflowId(callId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.low,
    fairnessKey: companyId,
    search: { companyId, domain: 'phone-desk', entityId: callId, tags: ['call-refresh'] },
  };
}
