import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { noteBothChanged } from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import {
  fileCalendarRequest,
  notCarriedOut,
} from '../../../db/phone-desk/calendar-change/calendar-change.ts';
import type { AppointmentsTable } from '../../../db/tables/appointments.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { CalcomBooking } from '../../../integrations/calcom/client.ts';
import type { Adopted } from './adopted.ts';

/** What has happened to an appointment in the calendar. */
export interface Change {
  kind: 'cancel' | 'reschedule';
  startsAt: Date | null;
  current: CalcomBooking;
}

/**
 * Files a change of the calendar for the appointment's run. Where somebody has asked here for something else and it
 * is not carried out, both sides have changed: the calendar wins, a cancellation before a move, and the company is told.
 */
export async function fileChange(
  trx: Kysely<Database>,
  appointment: Selectable<AppointmentsTable>,
  { kind, startsAt, current }: Change,
): Promise<Adopted> {
  const { id: appointmentId, company_id: companyId } = appointment;
  const filed = await fileCalendarRequest(trx, {
    id: randomUUID(),
    appointmentId,
    kind,
    startsAt,
    bookingUid: current.uid,
    reason: `${kind === 'cancel' ? 'cancelled' : 'changed'} in the calendar`,
  });
  const changed = kind === 'cancel' ? 'cancelled' : 'moved';
  const result: Adopted = {
    status: filed ? changed : 'unchanged',
    appointment: { appointmentId, companyId },
  };
  const asked = filed ? await notCarriedOut(trx, appointment) : [];
  // Asked for here and done there is one change, not two.
  const isSame = (request: (typeof asked)[number]) =>
    request.kind === kind && request.starts_at?.getTime() === startsAt?.getTime();
  const [overruled] = asked;
  if (!overruled || asked.some(isSame)) return result;
  const lengthMs = appointment.ends_at.getTime() - appointment.starts_at.getTime();
  const wanted = overruled.starts_at ?? appointment.starts_at;
  const outcome = overruled.kind === 'cancel' ? 'cancellation-won' : 'calendar-won';
  const driftToTell = await noteBothChanged(trx, companyId, outcome, {
    appointmentId,
    bookingUid: current.uid,
    here: {
      status: overruled.kind === 'cancel' ? 'cancelled' : 'booked',
      startsAt: wanted.toISOString(),
      endsAt: new Date(wanted.getTime() + lengthMs).toISOString(),
      changedAt: overruled.created_at.toISOString(),
    },
    there: {
      status: current.status,
      startsAt: new Date(current.start).toISOString(),
      endsAt: new Date(current.end).toISOString(),
      changedAt: new Date(current.updatedAt).toISOString(),
    },
  });
  return { ...result, driftToTell };
}
