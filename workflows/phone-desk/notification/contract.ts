import { notificationWorkflowId } from '../../../shared/ids.ts';
import type { Channel } from '../../../shared/messages/channels.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface NotificationInput {
  notificationId: string;
  companyId: string;
  appointmentId: string;
  channel: Channel;
}

/** How the message, or the one that took over from it, has ended. */
export interface NotificationResult {
  status: 'sent' | 'skipped' | 'failed' | 'unknown';
}

/**
 * A message that takes over from one which had been sent and did not arrive: it comes when the appointment's own run
 * may be over. One run per message, however often the failure is reported.
 */
export function notificationStart(input: NotificationInput): WorkflowStart<[NotificationInput]> {
  return {
    workflowType: 'notification',
    workflowId: notificationWorkflowId(input.notificationId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'refuse',
    whenOpen: 'join',
    priority: priorities.default,
    fairnessKey: input.companyId,
    search: {
      companyId: input.companyId,
      domain: 'phone-desk',
      entityId: input.notificationId,
      tags: ['notification', input.channel],
    },
  };
}
