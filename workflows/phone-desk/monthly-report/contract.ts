import { monthlyReportWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface MonthlyReportInput {
  companyId: string;
  /** `YYYY-MM`. */
  month: string;
}

/** `mail-failed`: the report is there, the company was not reached; `started`: what the schedule does. */
export type MonthlyReportResult = { status: 'sent' | 'mail-failed' | 'started' };

/** One run per company and month. */
export function monthlyReportStart(input: MonthlyReportInput): WorkflowStart<[MonthlyReportInput]> {
  return {
    workflowType: 'monthlyReport',
    workflowId: monthlyReportWorkflowId(input.companyId, input.month),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.low,
    fairnessKey: input.companyId,
    search: {
      companyId: input.companyId,
      domain: 'phone-desk',
      entityId: input.month,
      tags: ['report'],
    },
  };
}
