import { erasureWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

/** A request to be forgotten; whose it is stands in its row. */
export interface ErasureInput {
  erasureId: string;
  companyId: string;
}

export interface ErasureResult {
  status:
    | 'erased'
    /** A vendor has refused or could not be asked, or a row or file of ours does not go; the report names what is left. */
    | 'partly-erased'
    /** A legal hold was placed before it began; nothing was touched. */
    | 'held';
}

/** Started by its request; a second request while it works joins it, and starts one that broke off again. */
export function erasureStart(input: ErasureInput): WorkflowStart<[ErasureInput]> {
  const { erasureId, companyId } = input;
  return {
    workflowType: 'gdprErasure',
    workflowId: erasureWorkflowId(erasureId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.default,
    fairnessKey: companyId,
    search: { companyId, domain: 'phone-desk', entityId: erasureId, tags: ['privacy'] },
  };
}
