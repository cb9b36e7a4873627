import { defineSignal } from '@temporalio/workflow';
import { calendarChangeWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

export interface CalendarChangeInput {
  companyId: string;
  bookingUid: string;
}

/** What a booking in the calendar meant for us; nothing is left half done in any of them. */
export type CalendarChangeResult = {
  status:
    | 'unchanged'
    | 'created'
    | 'moved'
    | 'cancelled'
    | 'no-show'
    /** Ours, and still on its way: the booking's own run finishes it. */
    | 'under-way'
    /** Accepted or not, it needs nobody here: asked for only, never known, or of an event type we do not carry. */
    | 'ignored'
    /** A person was told: it cannot stand here as it stands there. */
    | 'conflict'
    /** A person was told: the calendar does not have an appointment of ours any more. */
    | 'gone';
};

/** The booking has changed again. */
export const calendarNewsSignal = defineSignal('calendarNews');

/** One run per booking at a time; what comes while it looks makes it look again. */
export function calendarChangeStart(input: CalendarChangeInput): WorkflowStart<[CalendarChangeInput]> {
  return {
    workflowType: 'calendarChange',
    workflowId: calendarChangeWorkflowId(input.companyId, input.bookingUid),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.default,
    fairnessKey: input.companyId,
    search: {
      companyId: input.companyId,
      domain: 'phone-desk',
      entityId: input.bookingUid,
      tags: ['calendar'],
    },
  };
}
