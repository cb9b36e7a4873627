import { bookingWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

/** One wished slot. Ids and a moment; no personal data. */
export interface BookingInput {
  /** Chosen by whoever asks, so that asking twice is one booking. */
  appointmentId: string;
  companyId: string;
  customerId: string;
  callId: string | null;
  source: 'call' | 'api';
  serviceId: string;
  /** null: anyone who offers the service. */
  staffId: string | null;
  /** ISO 8601, UTC. */
  startsAt: string;
}

/** A free slot near the wished one; `startsAt` in UTC. */
export interface Alternative {
  startsAt: string;
  staffId: string;
}

/** Every way a booking can end; in all but `booked` nothing is left behind. */
export type BookingResult =
  | { status: 'booked'; appointmentId: string; staffId: string; startsAt: string }
  | { status: 'slot-lost'; alternatives: Alternative[] }
  | { status: 'not-available'; reason: UnavailableReason; alternatives: Alternative[] }
  | { status: 'calendar-refused'; reason: string }
  | { status: 'calendar-unavailable'; reason: string }
  | { status: 'invalid'; reason: string }
  | { status: 'cancelled' };

export type UnavailableReason =
  | 'in-the-past'
  | 'outside-working-hours'
  | 'taken'
  | 'not-offered'
  /** The company's subscription is over: it takes no new bookings. */
  | 'no-subscription';

/** A booking asked for by API; a call books inside its own run. */
export function bookingStart(input: BookingInput): WorkflowStart<[BookingInput]> {
  return {
    workflowType: 'booking',
    workflowId: bookingWorkflowId(input.appointmentId),
    taskQueue: taskQueues.phoneDesk,
    args: [input],
    whenClosed: 'refuse',
    whenOpen: 'join',
    priority: priorities.high,
    fairnessKey: input.companyId,
    search: {
      companyId: input.companyId,
      domain: 'phone-desk',
      entityId: input.appointmentId,
      tags: ['booking', input.source],
    },
  };
}
