import { randomUUID } from 'node:crypto';
import { insertApiEvent } from '../../../db/api-events.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import {
  type AppointmentRequestView,
  findOpenCancellation,
  insertAppointmentRequest,
  lockAppointment,
} from '../../../db/phone-desk/appointment/appointment-requests.ts';
import type { AppointmentStatus } from '../../../db/tables/appointments.ts';
import { appointmentWorkflowId } from '../../../shared/ids.ts';
import type { AppointmentInput } from '../../../workflows/phone-desk/appointment/contract.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, invalidRequest, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';
import { isProblem } from '../offer.ts';
import { readStart } from '../start-moment.ts';

export type Change =
  | { kind: 'cancel'; reason?: string | undefined }
  | {
      kind: 'reschedule';
      startsAt?: string | undefined;
      date?: string | undefined;
      time?: string | undefined;
      reason?: string | undefined;
    };

/**
 * Files a change and wakes the appointment's workflow, which decides it. Asking to cancel once more while
 * the first cancellation is open answers with that one.
 */
export async function requestChange(
  deps: ApiDeps,
  caller: Caller,
  appointmentId: string,
  change: Change,
  context: RequestContext,
): Promise<AppointmentRequestView> {
  const { db, vault, clock } = deps;
  const { request, event } = await db.transaction().execute(async (trx) => {
    const appointment = await lockAppointment(trx, caller.companyId, appointmentId);
    if (!appointment) throw notFound('appointment');
    requireBooked(appointment.status);
    const startsAt = change.kind === 'reschedule' ? readStart(change, appointment.timeZone, clock()) : null;
    if (isProblem(startsAt)) throw invalidRequest([startsAt]);

    const open = change.kind === 'cancel' ? await findOpenCancellation(trx, appointmentId) : undefined;
    if (open) return { request: open, event: null };

    const id = randomUUID();
    const { kind, reason = null } = change;
    const request = await insertAppointmentRequest(trx, { id, appointmentId, kind, startsAt, reason });
    const body: Pick<AppointmentInput, 'appointmentId' | 'companyId'> = {
      appointmentId,
      companyId: appointment.companyId,
    };
    const event: InboxEvent = await insertApiEvent(
      trx,
      vault,
      {
        eventKey: `appointment-request:${id}`,
        eventType: 'appointment.changed',
        entity: appointmentWorkflowId(appointmentId),
        companyId: appointment.companyId,
        body,
        ...context,
      },
      sweepAfterMs(deps),
    );
    return { request, event };
  });
  if (event) deps.handOver?.offer(event);
  return request;
}

function requireBooked(status: AppointmentStatus): void {
  if (status === 'booked') return;
  if (status === 'held') throw conflict('appointment-not-booked', 'The appointment is still being booked.');
  throw conflict(`appointment-${status}`, `The appointment is ${status}.`);
}
