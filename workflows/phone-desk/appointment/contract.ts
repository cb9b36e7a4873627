import { defineSignal } from '@temporalio/workflow';
import { appointmentWorkflowId } from '../../../shared/ids.ts';
import type { Unsettled } from '../../../shared/messages/send-each-once.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface AppointmentInput {
  appointmentId: string;
  companyId: string;
  /** Confirmations that one try could not settle. */
  unsettled: Unsettled[];
}

/** Every way the life of an appointment can end. */
export type AppointmentResult = { status: 'completed' | 'cancelled' | 'gone' };

/** A request to cancel or move is filed for this appointment; the workflow reads it in the database. */
export const appointmentChangedSignal = defineSignal('appointmentChanged');

/**
 * Messages that one try could not settle, for a run that was there before whoever had sent them could start it: a
 * change that comes right behind the booking wakes it early. Ids, each as often as it likes.
 */
export const messagesLeftSignal = defineSignal<[Unsettled[]]>('messagesLeft');

/**
 * The life of a booked appointment. `startDelayMs` keeps the run asleep until its first reminder is due; a
 * signal wakes it at once.
 */
export function appointmentStart(
  input: AppointmentInput,
  startDelayMs = 0,
): WorkflowStart<[AppointmentInput]> {
  return {
    workflowType: 'appointmentLife',
    workflowId: appointmentWorkflowId(input.appointmentId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'refuse',
    whenOpen: 'join',
    priority: priorities.default,
    fairnessKey: input.companyId,
    search: {
      companyId: input.companyId,
      domain: 'phone-desk',
      entityId: input.appointmentId,
      tags: ['appointment'],
    },
    ...(input.unsettled.length > 0
      ? { tellsExisting: { signal: messagesLeftSignal.name, args: [input.unsettled] } }
      : {}),
    ...(startDelayMs > 0 ? { startDelayMs } : {}),
  };
}
