import { exportWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

/** A request for a copy; whose it is stands in its row. */
export interface ExportInput {
  exportId: string;
  companyId: string;
}

export interface ExportResult {
  status: /** The person has it; the file is deleted. */
    | 'downloaded'
    /** Nobody fetched it in its time; the file is deleted. */
    | 'expired'
    /** It could not be packed for a day. */
    | 'failed'
    /** The person was erased meanwhile. */
    | 'erased';
}

/** Started by its request; one that broke off is started again by asking for a new code. */
export function exportStart(input: ExportInput): WorkflowStart<[ExportInput]> {
  const { exportId, companyId } = input;
  return {
    workflowType: 'gdprExport',
    workflowId: exportWorkflowId(exportId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.low,
    fairnessKey: companyId,
    search: { companyId, domain: 'phone-desk', entityId: exportId, tags: ['privacy'] },
  };
}
